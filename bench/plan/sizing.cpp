#include "bench/plan/sizing.h"

#include <algorithm>
#include <cmath>

namespace handoff {
namespace {

constexpr double kRotation = 4e-3;     // time slice of the scheduler, per runnable thread of a CPU
constexpr double kRotations = 4;       // rotations that a slice lasts, if kLongSlice allows
constexpr double kLongSlice = 250e-3;  // no longer than this, but at least one rotation
constexpr double kBytesPerSecond = 2e9;  // of an item written, handed over, read
constexpr double kItemsPerSlice = 16;    // with fewer items there are too few marks

double slice_cost_s(const PointNeed& need, const CostModel& model) {
  return need.slice_s + model.slice_s;
}

/// Blocks an incarnation of the point can have in `seconds` for all its incarnations.
int affordable_blocks(const PointNeed& need, int incarnations, double seconds,
                      const CostModel& model) {
  const double bare = point_cost_s(need, incarnations, 0, model);
  const double block = incarnations * need.cells * slice_cost_s(need, model);
  return static_cast<int>(std::clamp((seconds - bare) / block, 0.0, double{kMostBlocks}));
}

/// Minimum blocks of each point that is kept, 0 of the others. In order of the points: settled
/// blocks if they fit, else minimal ones.
std::vector<int> keep_in_order(std::span<const PointNeed> points, double room_s,
                               const std::vector<int>& incarnations, const CostModel& model) {
  std::vector<int> kept(points.size(), 0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].cells == 0) continue;
    for (const int blocks :
         {settled_blocks(points[i].slice_s), minimal_blocks(points[i].slice_s)}) {
      const double cost = point_cost_s(points[i], incarnations[i], blocks, model);
      if (cost > room_s) continue;
      kept[i] = blocks;
      room_s -= cost;
      break;
    }
  }
  return kept;
}

}  // namespace

double slice_need_s(int executing, int usable_cpus, std::uint32_t payload) {
  const double usual = std::max(1e-3, kItemsPerSlice * payload / kBytesPerSecond);
  const double runnable = static_cast<double>(executing) / std::max(1, usable_cpus);
  if (runnable <= 1) return usual;
  const double rotation = kRotation * runnable;
  return std::max({usual, rotation, std::min(kRotations * rotation, kLongSlice)});
}

int minimal_blocks(double slice_s) { return slice_s <= 5e-3 ? 8 : slice_s <= 20e-3 ? 4 : 1; }

int settled_blocks(double slice_s) { return slice_s <= 5e-3 ? 12 : slice_s <= 20e-3 ? 8 : 1; }

double point_cost_s(const PointNeed& need, int incarnations, int blocks, const CostModel& model) {
  PointNeed warming = need;
  warming.slice_s = std::min(need.slice_s, kWarmUpSliceS);
  return incarnations *
         (need.cells * (model.open_close_s + kWarmUpBlocks * slice_cost_s(warming, model) +
                        blocks * slice_cost_s(need, model)) +
          need.threads * model.open_close_thread_s + need.bytes * model.touch_s_per_byte +
          kFewestSlowBlocks * need.slow_s);
}

Sizing size_points(std::span<const PointNeed> points, double budget_s,
                   std::optional<int> incarnations, const CostModel& model) {
  const double room_s = budget_s * (1 - model.reserve);
  Sizing sizing;
  for (const PointNeed& point : points) {
    const int lifetimes = incarnations.value_or(point.incarnations);
    sizing.incarnations.push_back(lifetimes);
    if (point.cells == 0) continue;
    const double needed =
        point_cost_s(point, lifetimes, minimal_blocks(point.slice_s), model) / (1 - model.reserve);
    if (sizing.smallest_budget_s == 0 || needed < sizing.smallest_budget_s) {
      sizing.smallest_budget_s = needed;
    }
  }
  const std::vector<int> least = keep_in_order(points, room_s, sizing.incarnations, model);
  for (std::size_t i = 0; i < points.size(); ++i) {
    sizing.dropped.push_back(points[i].cells > 0 && least[i] == 0);
  }

  const auto total = [&](const std::vector<int>& lifetimes, const std::vector<int>& blocks) {
    double sum = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (blocks[i] > 0) sum += point_cost_s(points[i], lifetimes[i], blocks[i], model);
    }
    return sum;
  };
  const bool complete = std::none_of(sizing.dropped.begin(), sizing.dropped.end(),
                                     [](bool dropped) { return dropped; });
  if (!incarnations && complete) {  // more lifetimes only once every point is settled in each
    std::vector<int> settled = least;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (least[i] > 0) settled[i] = settled_blocks(points[i].slice_s);
    }
    for (int lifetimes = kIncarnations + 1; lifetimes <= kMostIncarnations; ++lifetimes) {
      std::vector<int> more = sizing.incarnations;
      for (int& one : more) one = std::max(one, lifetimes);
      if (total(more, settled) > room_s) break;
      sizing.incarnations = std::move(more);
    }
  }

  const auto blocks_for = [&](double share_s) {
    std::vector<int> blocks = least;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (least[i] == 0) continue;
      blocks[i] =
          std::max(least[i], affordable_blocks(points[i], sizing.incarnations[i], share_s, model));
    }
    return blocks;
  };
  double low = 0, high = room_s;  // the even share of a point
  for (int step = 0; step < 50; ++step) {
    const double middle = (low + high) / 2;
    (total(sizing.incarnations, blocks_for(middle)) <= room_s ? low : high) = middle;
  }
  sizing.blocks = blocks_for(low);
  sizing.total_s = total(sizing.incarnations, sizing.blocks);
  return sizing;
}

double whole_budget_s(std::span<const PointNeed> points, std::optional<int> incarnations,
                      const CostModel& model) {
  double sum = 0;
  for (const PointNeed& point : points) {
    if (point.cells == 0) continue;
    sum += point_cost_s(point, incarnations.value_or(point.incarnations),
                        settled_blocks(point.slice_s), model);
  }
  return sum / (1 - model.reserve);
}

}  // namespace handoff
