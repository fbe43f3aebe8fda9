#include "bench/cell/window.h"

#include <algorithm>
#include <cmath>

namespace handoff {

namespace {

/// Of a window's items: less drift than that is none, and the longest such window is taken.
constexpr double kEvenEnough = 0.01;
/// Of the items of a slice, that a window has at least where there is a choice.
constexpr double kLeastWindow = 0.4;

double under_way(const MarkReading& mark) {
  return static_cast<double>(mark.made) - static_cast<double>(mark.accepted);
}

double items_between(const MarkReading& begin, const MarkReading& end) {
  return static_cast<double>(end.accepted) - static_cast<double>(begin.accepted);
}

/// Whether a window from `begin` to `end` of so many items, that drifts so much, is better.
bool better(double drift, double items, const Window& than) {
  const bool even = std::abs(drift) <= kEvenEnough, even_now = std::abs(than.drift) <= kEvenEnough;
  if (than.items == 0 || even != even_now) return than.items == 0 || even;
  return even ? items > than.items : std::abs(drift) < std::abs(than.drift);
}

/// The best pair of marks, of at least so many items; `from` and `to` are its marks.
Window best_window(std::span<const MarkReading> marks, std::uint64_t lead_in, std::uint64_t middle,
                   std::uint64_t last_start, double least_items, std::size_t& from,
                   std::size_t& to) {
  Window window;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    // A late riser delays the window, but not past the middle: far oversubscribed, some lane may
    // sleep through it all.
    const bool late = marks[i].accepted > middle;
    if (marks[i].accepted < lead_in || (marks[i].ticks < last_start && !late)) continue;
    for (std::size_t k = i + 1; k < marks.size(); ++k) {
      const double items = items_between(marks[i], marks[k]);
      if (items <= 0 || items < least_items || marks[k].ticks <= marks[i].ticks) continue;
      const double drift = (under_way(marks[k]) - under_way(marks[i])) / items;
      if (!better(drift, items, window)) continue;
      window.items = items;
      window.drift = drift;
      from = i;
      to = k;
    }
    if (late) break;
  }
  return window;
}

}  // namespace

Window window_between(std::span<const MarkReading> marks, std::uint64_t issued,
                      std::uint64_t last_start, std::uint32_t capacity) {
  // An eighth of the items, and where the slice is long enough once around the queue.
  const std::uint64_t lead_in =
      std::max<std::uint64_t>({issued / 8, std::min<std::uint64_t>(capacity, issued / 3), 1});
  std::size_t from = 0, to = 0;
  const auto best = [&](double least_items) {
    return best_window(marks, lead_in, issued / 2, last_start, least_items, from, to);
  };
  Window window = best(kLeastWindow * static_cast<double>(issued));
  if (window.items == 0) window = best(0);  // few marks, or a producer that came late
  if (window.items == 0) return window;
  const MarkReading &begin = marks[from], &end = marks[to];
  window.begin_ticks = begin.ticks;
  window.end_ticks = end.ticks;
  window.under_way = (under_way(begin) + under_way(end)) / 2;
  const auto lanes = static_cast<double>(end.accepted_by.size());
  double slowest = window.items, fastest = 0;
  for (std::size_t lane = 0; lane < end.accepted_by.size(); ++lane) {
    const auto taken = static_cast<double>(end.accepted_by[lane] - begin.accepted_by[lane]);
    slowest = std::min(slowest, taken);
    fastest = std::max(fastest, taken);
  }
  window.slowest_share = slowest * lanes / window.items;
  window.fastest_share = fastest * lanes / window.items;
  return window;
}

Window timed_window(const LaneSetup& lanes, const Workload& workload) {
  return window_between(lanes.read_marks(), lanes.issued(), lanes.last_producer_start(),
                        workload.capacity);
}

TimedPart timed_part(const Window& window, double ns_per_tick, const LaneSetup& lanes,
                     double whole_ns) {
  if (window.items > 0 && std::abs(window.drift) <= kMostDrift) {
    return {.items = window.items,
            .elapsed_ns = static_cast<double>(window.end_ticks - window.begin_ticks) * ns_per_tick};
  }
  if (lanes.was_cut()) {
    return {.items = static_cast<double>(lanes.issued()), .elapsed_ns = whole_ns};
  }
  return {};
}

}  // namespace handoff
