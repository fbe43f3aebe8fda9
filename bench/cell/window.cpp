#include "bench/cell/window.h"

#include <algorithm>
#include <vector>

namespace handoff {

double count_at(std::span<const Stamp> stamps, std::uint64_t taken, std::uint64_t at) {
  auto after =
      std::upper_bound(stamps.begin(), stamps.end(), at,
                       [](std::uint64_t ticks, const Stamp& stamp) { return ticks < stamp.ticks; });
  if (after == stamps.begin()) return 0;
  const Stamp& before = *(after - 1);
  if (after == stamps.end()) {
    if (stamps.size() < 2) return static_cast<double>(before.accepted);
    --after;
  }
  const Stamp& from = *(after - 1);
  const double rate = static_cast<double>(after->accepted - from.accepted) /
                      static_cast<double>(std::max<std::uint64_t>(after->ticks - from.ticks, 1));
  return std::min(
      static_cast<double>(before.accepted) + rate * static_cast<double>(at - before.ticks),
      static_cast<double>(taken));
}

namespace {

/// When all lanes together had stamped `items`; 0 if they never had.
std::uint64_t time_of(const LaneSetup& lanes, std::uint32_t consumers, std::uint64_t items) {
  struct Step {
    std::uint64_t ticks, more;
  };
  std::vector<Step> steps;
  for (std::uint32_t lane = 0; lane < consumers; ++lane) {
    std::uint64_t before = 0;
    for (const Stamp& stamp : lanes.stamps_of(lane)) {
      steps.push_back({stamp.ticks, stamp.accepted - before});
      before = stamp.accepted;
    }
  }
  std::sort(steps.begin(), steps.end(),
            [](const Step& a, const Step& b) { return a.ticks < b.ticks; });
  std::uint64_t sum = 0;
  for (const Step& step : steps) {
    sum += step.more;
    if (sum >= items) return step.ticks;
  }
  return 0;
}

}  // namespace

Window timed_window(const LaneSetup& lanes, const Workload& workload) {
  Window window;
  const std::uint64_t issued = lanes.issued();
  // An eighth of the items, and where the slice is long enough once around the queue.
  const std::uint64_t lead_in =
      std::max(issued / 8, std::min<std::uint64_t>(workload.capacity, issued / 3));
  const std::uint64_t begin =
      time_of(lanes, workload.consumers, std::max<std::uint64_t>(lead_in, 1));
  const std::uint64_t middle =
      time_of(lanes, workload.consumers, std::max<std::uint64_t>(issued / 2, 1));
  if (begin == 0) return window;
  // A late riser delays the window, but not past the middle: far oversubscribed, some lane may
  // sleep through it all.
  window.begin_ticks =
      std::max(begin, std::min(lanes.last_producer_start(), middle == 0 ? begin : middle));
  window.end_ticks = lanes.exhausted_at();
  if (window.end_ticks <= window.begin_ticks) return window;

  double slowest = static_cast<double>(issued), fastest = 0;
  for (std::uint32_t lane = 0; lane < workload.consumers; ++lane) {
    const std::span<const Stamp> stamps = lanes.stamps_of(lane);
    const std::uint64_t all = lanes.accepted_by(lane);
    const double taken =
        count_at(stamps, all, window.end_ticks) - count_at(stamps, all, window.begin_ticks);
    window.items += taken;
    slowest = std::min(slowest, taken);
    fastest = std::max(fastest, taken);
  }
  if (window.items > 0) {
    window.slowest_share = slowest * workload.consumers / window.items;
    window.fastest_share = fastest * workload.consumers / window.items;
  }
  return window;
}

TimedPart timed_part(const Window& window, double ns_per_tick, const LaneSetup& lanes,
                     double whole_ns) {
  TimedPart part;
  if (window.end_ticks > window.begin_ticks) {
    part.items = window.items;
    part.elapsed_ns = static_cast<double>(window.end_ticks - window.begin_ticks) * ns_per_tick;
  }
  if (lanes.was_cut() && part.items <= 0) {
    part = {.items = static_cast<double>(lanes.issued()), .elapsed_ns = whole_ns};
  }
  return part;
}

}  // namespace handoff
