// What a run will do, fixed before it starts: points, their cells, slices, blocks, incarnations.
//
// The plan is the first line of the journal; a resumed run must have the same. Random orders are
// functions of the seed alone (own generator and shuffle: std::shuffle's result is unspecified).
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/calibration/calibration.h"
#include "bench/interface/registry.h"
#include "bench/interface/workload.h"
#include "bench/machine/placement.h"
#include "bench/plan/sizing.h"
#include "bench/suite/suite.h"

namespace handoff {

/// One strategy at a point.
struct CellPlan {
  std::string label, strategy;
  Role role = Role::kCandidate;
  std::string program;  // the build of handoff that runs it; empty: this one
  std::string plugin;   // the file that holds it; empty: the program does
  Family family = Family::kUnnamed;
  Carrier carrier = Carrier::kUnnamed;
  std::string structure;        // what holds the items at this point; empty: not stated
  std::string origin;           // ours, or a library and its version; empty: not stated
  std::string unsupported;      // why it does not run, a sentence; empty: it runs
  std::uint32_t executing = 0;  // threads or processes that produce and consume
  std::uint32_t keeps = 0;      // most items it can hold; 0: the capacity
  bool owns_threads = false;    // a runtime makes its threads: this cell is not bound
  bool waits_itself = false;    // some wait in it is not as the workload says
  bool probe = false;           // runs workload_of(), not the point's
  double slow_item_ns = 0;      // from the Descriptor; used for sizing, not written to the journal
  bool control = false;         // repeats another cell: identical code beside itself (A/A)
  int twin = -1;                // of a control: that cell; -1: the leader after the first pass

  [[nodiscard]] bool runs() const { return unsupported.empty(); }
};

/// One point: all its running cells are alive together and share `placement`, except that a cell
/// that owns its threads is not bound, and that probes run on the CPUs of the first producer and
/// the first consumer whatever the thread counts.
struct PointPlan {
  std::string id;  // as in docs/results.md, unique in the plan
  Workload workload;
  std::uint32_t capacity_asked = 0;  // workload.capacity may be lower, for the memory budget
  Placement placement;
  double slice_ns = 0;           // intended
  double expected_slice_ns = 0;  // a guess: longer if a slice must pass many items through a queue
  int incarnations = 0;          // lifetimes of its cells: passes 0 to this
  int blocks = 0;                // per incarnation, after the warm-up; 0: no cell runs
  double estimated_s = 0;
  bool later = false;           // in a race: begun only if time is left after the other points
  int group = 0;                // of the suite; used for sizing, not written to the journal
  std::vector<CellPlan> cells;  // as asked, then references
  /// By cell: standard deviation of its log time from run to run; widens intervals.
  std::vector<double> between_run_sds;

  [[nodiscard]] std::uint32_t running() const;  // cells
};

/// The source of between_run_sds.
struct BetweenRunSource {
  std::string date;   // of the calibration, UTC; empty: the default
  int runs = 0;       // of the calibration
  double span_s = 0;  // over which they were spread
};

/// The machine that a plan is for, besides Plan::usable_cpus.
struct PlannedTopology {
  std::string source;  // as given to --topology; empty: this machine
  int cores = 0, packages = 0, numa_nodes = 0;
};

struct Plan {
  std::string suite;
  PlannedTopology topology;
  std::vector<PointPlan> points;  // most important first
  int incarnations = 0;           // passes over the points: the most of any
  std::uint64_t seed = 0;
  double budget_s = 0, timeout_s = 0, estimated_s = 0;
  double precision = 0;  // a share; 0: every point gets all its incarnations
  std::vector<int>
      looks;  // incarnations after which a point is looked at (bench/stats/interim_looks.h)
  std::string pin;
  int usable_cpus = 0;
  std::uint64_t memory_bytes = 0;    // for all parked cells of a point together
  std::vector<std::string> dropped;  // one sentence per point
  BetweenRunSource between_runs;
};

/// What a plan depends on besides the suite. It describes the machine, so that tests can plan for
/// any.
struct PlanInputs {
  std::span<const Descriptor* const> strategies;  // of this program and of plug-ins
  std::map<std::string, std::string> plugins;     // by strategy: the file that holds it
  int usable_cpus = 1;
  PlannedTopology topology;
  std::uint64_t available_memory_bytes = 0;  // a quarter of it is the default memory budget
  std::uint64_t fresh_seed = 1;              // used if the suite has none; at most kMaxSeed
  /// Binds `executing` threads as `pin` says; throws UsageError with a sentence if that cannot be.
  std::function<Placement(const std::string& pin, std::uint32_t producers, std::uint32_t consumers,
                          std::uint32_t executing)>
      place;
  CostModel cost;
  std::optional<Calibration> calibration;  // of this machine, if there is one
};

/// The probe that is added to every point: a cache line there and back (strategies/floor.cpp).
inline constexpr std::string_view kFloorName = "floor";
inline constexpr const char* kControlLabel = "control";
inline constexpr std::size_t kControlEvery = 4;  // points: the first has a control, the fifth, …
inline constexpr double kDefaultTimeout = 10;    // seconds without progress: hung
inline constexpr double kDefaultCustomBudget = 20;  // seconds, or what all asked points need

/// The strategy of that name among `known`. Errors: UsageError, with the nearest name.
const Descriptor& known_strategy(std::span<const Descriptor* const> known, std::string_view name);

/// Errors: UsageError (unknown strategy, labels that clash, too little budget or memory for any
/// point).
Plan make_plan(const Suite& suite, const PlanInputs& inputs);

/// What a cell runs at a point: the point's workload, or a probe's own.
Workload workload_of(const PointPlan& point, const CellPlan& cell);
/// The most items that the cell can hold at the point.
std::uint32_t items_kept(const PointPlan& point, const CellPlan& cell);

/// "1:1 64B", "4:2 64KiB cap=64 move", "1:1 64B spin", "1:1 64B spin=50us": values other than the
/// defaults are named.
std::string point_id(const Workload& workload, std::uint32_t capacity_asked, int usable_cpus);

/// Order of the points in one pass, and of `n` cells in one block.
std::vector<int> visit_order(const Plan& plan, int pass);
std::vector<int> block_order(std::uint64_t seed, int point, int pass, int block, int n);
/// Seed of one incarnation of a cell: places its heap and stack (OpenRequest::seed).
std::uint32_t layout_seed(std::uint64_t seed, int point, int pass, int cell);

/// `plan` of the journal and back; from JSON that is not a plan: std::runtime_error.
nlohmann::json to_json(const Plan& plan);
Plan plan_from_json(const nlohmann::json& json);
/// The first difference between the journal's plan and another, as a clause ("the seed is 1 in that
/// run and 2 now"); empty if both are the same. Limits (memory, timeout) and estimates may differ.
std::string plan_difference(const Plan& there, const Plan& here);
/// Why the run in `dir` cannot be resumed, as a sentence; empty if the plans agree.
std::string resume_refusal(std::string_view dir, const Plan& there, const Plan& here);

/// A readable table and totals.
void print_plan(std::ostream& out, const Plan& plan);

}  // namespace handoff
