#include "bench/run/point_incarnation.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "bench/plan/sizing.h"
#include "bench/run/interruption.h"

namespace handoff {

namespace {

constexpr double kProbeSliceNs = 250'000;  // short: a probe only shows the state of the machine
constexpr double kFastestItemNs = 1;       // no strategy is faster; limits the size of bitmaps
constexpr std::uint64_t kMostItems = 1ULL << item_code::kSequenceBits;

std::vector<int> cpus_of(const Bench& bench, const PointPlan& point, const CellPlan& cell) {
  const std::vector<int>& placed = point.placement.cpus;
  if (cell.owns_threads) return {};
  if (cell.probe) {
    if (!placed.empty()) {
      const std::size_t consumer = point.workload.producers;
      return {placed.front(), consumer < placed.size() ? placed[consumer] : placed.back()};
    }
    return {bench.allowed_cpus.front(), bench.allowed_cpus[bench.allowed_cpus.size() > 1 ? 1 : 0]};
  }
  return placed;
}

}  // namespace

std::vector<CellMemory> cell_memories(const Plan& plan, const PointPlan& point) {
  std::vector<CellMemory> memories;
  for (const CellPlan& cell : point.cells) {
    double slice_ns = point.slice_ns;
    if (cell.probe) {
      slice_ns = kProbeSliceNs;
    } else if (cell.role == Role::kReference) {
      slice_ns = std::min(slice_ns, 1e9 * slice_need_s(static_cast<int>(cell.executing),
                                                       plan.usable_cpus, point.workload.payload));
    }
    const auto most = static_cast<std::uint64_t>(slice_ns / kFastestItemNs);
    const Workload workload = workload_of(point, cell);
    const std::uint32_t kept = items_kept(point, cell);
    const std::uint64_t max_items = std::clamp<std::uint64_t>(
        most, SliceSizer::longest_items(workload, kept) + 8192, kMostItems);
    memories.push_back(
        {SliceSizer(workload, kept, slice_ns, max_items, cell.slow_item_ns), slice_ns, max_items});
  }
  return memories;
}

OpenRequest request_for(const Bench& bench, const PointPlan& point, const CellPlan& cell,
                        const CellMemory& memory, std::uint32_t seed) {
  const Workload workload = workload_of(point, cell);
  const double spin_ns = workload.wait == Wait::kSpinBlock ? workload.spin_ns : 0;
  return {.strategy = cell.strategy,
          .plugin = cell.plugin,
          .workload = workload,
          .cpus = cpus_of(bench, point, cell),
          .spin_ticks = static_cast<std::uint64_t>(spin_ns / bench.tick_rate.ns_per_tick),
          .max_items = memory.max_items,
          .tick_source = bench.tick_rate.source,
          .ns_per_tick = bench.tick_rate.ns_per_tick,
          .seed = seed};
}

PointIncarnation::PointIncarnation(const Bench& bench, int point, int pass, const RunRecord& record,
                                   std::vector<CellMemory>& memories)
    : bench_(bench),
      point_(bench.plan.points[static_cast<std::size_t>(point)]),
      point_index_(point),
      pass_(pass) {
  for (std::size_t i = 0; i < point_.cells.size(); ++i) {
    const CellRecord& so_far = record.point(point).cells[i];
    if (!point_.cells[i].runs() || !so_far.outcome.good()) continue;
    if (so_far.dropped_after > 0) continue;
    if (point_.cells[i].control && so_far.twin < 0) continue;
    // A control runs the cell that it repeats, with another label and another seed.
    const std::size_t what = so_far.twin < 0 ? i : static_cast<std::size_t>(so_far.twin);
    const CellPlan& cell = point_.cells[what];
    const auto same =
        std::find_if(point_.cells.begin(), point_.cells.end(),
                     [&](const CellPlan& other) { return other.strategy == cell.strategy; });
    CellMemory& memory = memories[static_cast<std::size_t>(same - point_.cells.begin())];
    // All cells start at once; then each one is waited for.
    cells_.push_back(
        {.cell = static_cast<int>(i),
         .memory = &memory,
         .process = std::make_unique<CellProcess>(
             request_for(bench, point_, cell, memory,
                         layout_seed(bench_.plan.seed, point_index_, pass_, static_cast<int>(i))),
             bench.plan.timeout_s, cell.program)});
  }
  for (Open& open : cells_) {
    const CellOutcome outcome = open.process->opened();
    if (!outcome.good()) {
      fail(open, outcome);
      continue;
    }
    bench_.emit({{"t", "open"},
                 {"point", point_index_},
                 {"pass", pass_},
                 {"cell", open.cell},
                 {"bound", open.process->bound()},
                 {"note", open.process->note()}});
  }
}

bool PointIncarnation::any_cell() const {
  return std::any_of(cells_.begin(), cells_.end(),
                     [](const Open& open) { return open.process != nullptr; });
}

void PointIncarnation::warm_up() {
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const SliceSizer& sizer = cells_[i].memory->sizer;
    const bool long_warm = sizer.settled() && sizer.shortest_ns() > 1e9 * kLongestWarmUpS;
    if (!is_slow(cells_[i]) && !long_warm) members.push_back(i);
  }
  run_group(0, -1, members);
}

bool PointIncarnation::is_slow(const Open& open) const {
  return open.memory->sizer.shortest_ns() > std::max(kSlowCell * point_.slice_ns, kSlowSliceNs);
}

bool PointIncarnation::is_alive(const Group& group) const {
  return std::any_of(group.members.begin(),
                     group.members.begin() + static_cast<std::ptrdiff_t>(group.own),
                     [this](std::size_t member) { return cells_[member].process != nullptr; });
}

void PointIncarnation::form_groups() {
  Group quick, slow;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i].process) (is_slow(cells_[i]) ? slow : quick).members.push_back(i);
  }
  for (Group* group : {&quick, &slow}) group->own = group->members.size();
  if (quick.own > 0 && slow.own > 0) {
    const auto rank = [this](std::size_t member) {
      const Open& open = cells_[member];
      const CellPlan& cell = point_.cells[static_cast<std::size_t>(open.cell)];
      // A control is no anchor: it is compared only with the cell that it repeats.
      return std::pair{cell.control || cell.role == Role::kReference, open.memory->sizer.item_ns()};
    };
    slow.members.push_back(
        *std::min_element(quick.members.begin(), quick.members.end(),
                          [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); }));
  }
  groups_ = {std::move(quick), std::move(slow)};
}

bool PointIncarnation::has_fewest(int fewest) const {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const bool slow = i > 0;
    if (is_alive(groups_[i]) && groups_[i].blocks < blocks_needed(slow, fewest)) return false;
  }
  return true;
}

void PointIncarnation::run_block() {
  if (groups_.empty()) form_groups();
  const auto spent = [this](const Group& group) {
    return is_alive(group) ? group.spent_ns / static_cast<double>(group.own)
                           : std::numeric_limits<double>::infinity();
  };
  Group& next =
      *std::min_element(groups_.begin(), groups_.end(),
                        [&](const Group& a, const Group& b) { return spent(a) < spent(b); });
  const double begin_ns = bench_.elapsed_ns();
  run_group(static_cast<int>(&next - groups_.data()), blocks_++, next.members);
  ++next.blocks;
  next.spent_ns += bench_.elapsed_ns() - begin_ns;
}

void PointIncarnation::run_group(int group, int block, const std::vector<std::size_t>& members) {
  Json rows = Json::array();
  const std::vector<int> order =
      block_order(bench_.plan.seed, point_index_, pass_, block, static_cast<int>(members.size()));
  ++slice_;
  std::vector<std::uint64_t> items_asked;  // all chosen before any cell learns from this block
  for (const std::size_t member : members) {
    const CellMemory& memory = *cells_[member].memory;
    items_asked.push_back(
        block < 0 ? memory.sizer.warm_up_items(std::min(1.0, 1e9 * kWarmUpSliceS / memory.slice_ns))
                  : memory.sizer.items());
  }
  for (const int place : order) {
    Open& open = cells_[members[static_cast<std::size_t>(place)]];
    if (!open.process) continue;
    CellMemory& memory = *open.memory;
    const double start_ns = bench_.elapsed_ns();
    const std::uint64_t asked = items_asked[static_cast<std::size_t>(place)];
    const double wanted_ns = std::max(memory.slice_ns, memory.sizer.expected_ns());
    const SliceReply reply =
        open.process->slice(slice_, asked, std::max(kCutFactor * wanted_ns, kLeastCutNs));
    if (!reply.outcome.good()) {
      fail(open, reply.outcome);
      continue;
    }
    const auto items = static_cast<double>(reply.items);
    block < 0 ? memory.sizer.learn_from_warm_up(reply.whole_ns, items)
              : memory.sizer.learn(reply.whole_ns, items);
    if (block >= 0 && reply.window_items <= 0) memory.sizer.learn_that_it_drifted();
    open.parked_cpu_ns += reply.parked_cpu_ns;
    open.parked_wall_ns += reply.parked_wall_ns;
    rows.push_back(RunRecord::slice_row(open.cell, start_ns, reply));
    if (interrupted()) return;
  }
  bench_.emit({{"t", "block"},
               {"point", point_index_},
               {"pass", pass_},
               {"block", block},
               {"group", group},
               {"slices", std::move(rows)}});
}

void PointIncarnation::close() {
  for (Open& open : cells_) {
    if (open.process) open.process->ask_to_close();
  }
  for (Open& open : cells_) {
    if (!open.process) continue;
    const CellOutcome outcome = open.process->close();
    if (!outcome.good()) {
      fail(open, outcome);
      continue;
    }
    bench_.emit({{"t", "close"},
                 {"point", point_index_},
                 {"pass", pass_},
                 {"cell", open.cell},
                 {"peak_memory_bytes", open.process->peak_memory_bytes()},
                 {"parked_cpu_share",
                  open.parked_wall_ns > 0 ? open.parked_cpu_ns / open.parked_wall_ns : 0.0}});
    open.process.reset();
  }
}

void PointIncarnation::fail(Open& open, const CellOutcome& outcome) {
  if (interrupted() && outcome.verdict == CellVerdict::kHung) {
    return open.process.reset();  // the timeout was cut short, so this is no verdict
  }
  bench_.emit({{"t", "fail"},
               {"point", point_index_},
               {"pass", pass_},
               {"cell", open.cell},
               {"verdict", name(outcome.verdict)},
               {"reason", outcome.reason}});
  open.process.reset();
}

}  // namespace handoff
