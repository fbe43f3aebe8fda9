// How many incarnations and blocks a budget pays for, before anything runs.
//
// Model: for each incarnation and cell, a point costs opening and closing, warm-up slices (short
// ones, none of slow cells) and one slice per block (slow cells have fewer blocks). A slice costs
// its length and a fixed overhead. Choice: points are taken in their order while they fit; each
// gets its minimum of incarnations; the time left goes evenly to all points, first as incarnations,
// then as blocks. Units: seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace handoff {

struct CostModel {
  double open_close_s = 0.015;          // exec, connect, construct, close: a cell's lifetime
  double open_close_thread_s = 0.4e-3;  // in addition, for each executing thread
  double touch_s_per_byte = 1e-9;       // in addition, to touch its messages (shared_memory.h)
  double slice_s = 0.6e-3;              // arming, waking, collecting: per slice
  double reserve = 0.05;                // share of the budget: start, probes, writing results
  double for_what_is_open = 1.0 / 3;    // share of a race's budget kept for points that eight
                                        // incarnations do not decide
};

/// What a point needs. Without cells it costs nothing and is kept.
struct PointNeed {
  int cells = 0;     // that run
  int threads = 0;   // executing, summed over these cells
  double bytes = 0;  // of messages, summed over these cells
  double slice_s = 1e-3;
  double slow_s = 0;     // one slice of each cell that will have blocks of its own, summed
  int incarnations = 8;  // at least
};

struct Sizing {
  std::vector<int> incarnations;  // per point
  std::vector<int> blocks;        // per point and incarnation; 0: dropped or nothing to run
  std::vector<bool> dropped;      // per point
  double total_s = 0;             // by the model, without the reserve
  double smallest_budget_s = 0;   // with a smaller budget no point fits
};

/// A cell has blocks of its own if its shortest slice is longer than both kSlowCell times the
/// point's slice and kSlowSliceNs. The second limit excludes ordinary cells: 0.5 us per item with a
/// capacity of 1024.
inline constexpr double kSlowCell = 3, kSlowSliceNs = 12e6;
inline constexpr int kFewestSlowBlocks = 1;  // of such cells, in an incarnation
/// Blocks that a group of cells needs in an incarnation if other groups need `fewest`. Slow cells
/// need only one: more would take most of the time.
constexpr int blocks_needed(bool slow, int fewest) {
  return slow && fewest > kFewestSlowBlocks ? kFewestSlowBlocks : fewest;
}
inline constexpr int kIncarnations = 8;  // a verdict needs so many
inline constexpr int kMostIncarnations = 200;
inline constexpr int kMostBlocks = 200;

/// How long a slice must be. If each of `executing` threads has a CPU: 1 ms, or longer if too few
/// items of `payload` bytes fit into that. Else four scheduler rotations of executing / usable_cpus
/// threads; fewer if they exceed 250 ms, but at least one.
double slice_need_s(int executing, int usable_cpus, std::uint32_t payload);

/// Warm-up at the beginning of an incarnation: blocks that are proved but not estimated, and their
/// longest slice. A cell whose shortest slice is longer than kLongestWarmUpS needs no warm-up: the
/// lead-in of the slice is long enough.
inline constexpr int kWarmUpBlocks = 2;
inline constexpr double kWarmUpSliceS = 2e-3, kLongestWarmUpS = 10e-3;

/// Minimal: the fewest blocks that are worth opening an incarnation for. Settled: enough for a
/// stable median; beyond that, another incarnation gives more information than more blocks.
/// Incarnations differ by 3 to 5 %, and the median of 12 paired slices of 1 ms has an error of 4 to
/// 8 %. With more threads than CPUs, long slices of one incarnation differ by a third of what
/// incarnations differ by (docs/measuring.md).
int minimal_blocks(double slice_s);
int settled_blocks(double slice_s);

double point_cost_s(const PointNeed& need, int incarnations, int blocks,
                    const CostModel& model = {});

/// Fits points into `budget_s`, with the given `incarnations` or with a choice of its own. If no
/// point fits, all are dropped.
Sizing size_points(std::span<const PointNeed> points, double budget_s,
                   std::optional<int> incarnations, const CostModel& model = {});

/// The budget that holds every point with settled blocks.
double whole_budget_s(std::span<const PointNeed> points, std::optional<int> incarnations,
                      const CostModel& model = {});

}  // namespace handoff
