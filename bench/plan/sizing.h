// How many incarnations and blocks a budget pays for, before anything runs.
//
// Model: a point costs, for each incarnation and cell, opening and closing, then warm-up slices
// (short ones, none of slow cells) and one slice a block (slow cells have fewer blocks); a slice
// costs its length and what is around it. Choice: points are taken in their order while they fit;
// each gets the incarnations it needs at least; the rest goes evenly to all points, as
// incarnations, then as blocks. Units: seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace handoff {

struct CostModel {
  double open_close_s = 0.015;          // exec, connect, construct, close: a cell's lifetime
  double open_close_thread_s = 0.4e-3;  // and for each executing thread
  double touch_s_per_byte = 1e-9;       // and for its messages: first touches (shared_memory.h)
  double slice_s = 0.6e-3;              // arming, waking, collecting: per slice
  double reserve = 0.05;                // of the budget: start, probes, writing results
  double for_what_is_open = 1.0 / 3;    // of a race's budget: kept for points that eight
                                        // incarnations do not decide
};

/// What a point asks for. No cells: it costs nothing and is kept.
struct PointNeed {
  int cells = 0;     // that run
  int threads = 0;   // executing, summed over these cells
  double bytes = 0;  // of messages, summed over these cells
  double slice_s = 1e-3;
  double slow_s = 0;     // one slice of every cell that will have blocks of its own, summed
  int incarnations = 8;  // at least
};

struct Sizing {
  std::vector<int> incarnations;  // per point
  std::vector<int> blocks;        // per point and incarnation; 0: dropped or nothing to run
  std::vector<bool> dropped;      // per point
  double total_s = 0;             // by the model, without the reserve
  double smallest_budget_s = 0;   // below which not one point fits
};

/// A cell whose shortest slice lasts so many times the point's, and so long at least, has blocks of
/// its own. Not where a strategy of half a microsecond goes round a queue of 1024.
inline constexpr double kSlowCell = 3, kSlowSliceNs = 12e6;
inline constexpr int kFewestSlowBlocks = 1;  // of such cells, in an incarnation
/// Blocks that a group of cells needs in an incarnation where others need `fewest`: slow ones need
/// one, or they would take all the time.
constexpr int blocks_needed(bool slow, int fewest) {
  return slow && fewest > kFewestSlowBlocks ? kFewestSlowBlocks : fewest;
}
inline constexpr int kIncarnations = 8;  // that a verdict needs
inline constexpr int kMostIncarnations = 200;
inline constexpr int kMostBlocks = 200;

/// How long a slice must be: 1 ms where each of `executing` threads has a CPU and enough items of
/// `payload` bytes fit; else four scheduler rotations of executing / usable_cpus threads, fewer
/// where they exceed 250 ms, but one at least.
double slice_need_s(int executing, int usable_cpus, std::uint32_t payload);

/// Blocks that are proved and not estimated, at the beginning of an incarnation, and the longest
/// slice in them: a long slice warms up in its own lead-in as well.
inline constexpr int kWarmUpBlocks = 2;
inline constexpr double kWarmUpSliceS = 2e-3, kLongestWarmUpS = 10e-3;

/// Fewest blocks an incarnation is worth opening for, and as many as settle its median: beyond,
/// another incarnation tells more than more blocks do. Incarnations differ by 3 to 5 % while the
/// median of 12 paired slices of 1 ms is good to 4 to 8 %; where threads exceed CPUs, long slices
/// of one incarnation differ by a third of what incarnations do (docs/measuring.md).
int minimal_blocks(double slice_s);
int settled_blocks(double slice_s);

double point_cost_s(const PointNeed& need, int incarnations, int blocks,
                    const CostModel& model = {});

/// Fits points into `budget_s`, given `incarnations` or choosing them. All dropped: nothing fits.
Sizing size_points(std::span<const PointNeed> points, double budget_s,
                   std::optional<int> incarnations, const CostModel& model = {});

/// The budget that holds every point with settled blocks.
double whole_budget_s(std::span<const PointNeed> points, std::optional<int> incarnations,
                      const CostModel& model = {});

}  // namespace handoff
