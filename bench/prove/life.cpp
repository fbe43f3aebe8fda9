#include "bench/prove/life.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "bench/interface/clock.h"
#include "bench/prove/tormentor.h"
#include "bench/run/cell_process.h"
#include "bench/run/interruption.h"
#include "bench/suite/suite.h"

namespace handoff {

namespace {

constexpr double kMostItems = 1U << 22;         // per slice
constexpr double kMostDelayedItems = 1U << 16;  // per slice with delays, where a chunk is one item
constexpr double kGrowth = 4;                   // the longest slice so far may grow by this factor
constexpr double kShortestNs = 20e6;            // every slice gets this much time before it is cut

std::uint32_t executing(const Descriptor& strategy, const Workload& workload) {
  return strategy.executing != nullptr ? strategy.executing(workload)
                                       : workload.producers + workload.consumers;
}

OpenRequest open_request(const LifePlan& plan, const LifeSurroundings& surroundings,
                         std::uint64_t max_items) {
  const Workload& workload = plan.variant.workload;
  OpenRequest request{.strategy = std::string(plan.strategy.name),
                      .plugin = plan.plugin,
                      .workload = workload,
                      .spin_ticks = static_cast<std::uint64_t>(workload.spin_ns /
                                                               surroundings.tick_rate.ns_per_tick),
                      .max_items = max_items,
                      .tick_source = surroundings.tick_rate.source,
                      .ns_per_tick = surroundings.tick_rate.ns_per_tick,
                      .seed = plan.seed,
                      .pauses = plan.variant.torment == Torment::kStops};
  if (plan.variant.torment == Torment::kDelays) request.delays = plan.seed | 1U;
  if (plan.variant.torment == Torment::kOneCpu && !plan.strategy.traits.owns_threads) {
    request.cpus.assign(executing(plan.strategy, workload), surroundings.cpus.front());
  }
  return request;
}

/// Random lengths of slices, uniform on a logarithmic scale.
class Lengths {
 public:
  Lengths(std::uint64_t seed, double most) : random_(seed), most_(most) {}
  std::uint64_t next() {
    longest_ = std::min(longest_ * kGrowth, most_);
    const double share = static_cast<double>(random_() >> 11) * 0x1p-53;
    return static_cast<std::uint64_t>(std::pow(longest_, share));
  }

 private:
  std::mt19937_64 random_;
  const double most_;
  double longest_ = 1;
};

}  // namespace

std::uint64_t life_seed(std::uint64_t seed, std::uint64_t life) {
  return (seed + life * 0x9e3779b97f4a7c15) & kMaxSeed;
}

Life live(const LifePlan& plan, const LifeSurroundings& surroundings) {
  const bool delayed = plan.variant.torment == Torment::kDelays;
  const double most = delayed ? kMostDelayedItems : kMostItems;
  const std::uint64_t begin = monotonic_ns();
  const auto elapsed_ns = [begin] { return static_cast<double>(monotonic_ns() - begin); };
  Life life;
  CellProcess cell(open_request(plan, surroundings, static_cast<std::uint64_t>(most)),
                   surroundings.timeout_s);
  life.outcome = cell.opened();
  Lengths lengths(plan.seed, most);
  {
    std::optional<Tormentor> tormentor;
    if (plan.variant.torment == Torment::kStops && life.outcome.good()) {
      tormentor.emplace(cell.keeper(), plan.seed);
    }
    while (life.outcome.good() && !interrupted()) {
      const double left_ns = plan.seconds * 1e9 - elapsed_ns();
      if (left_ns <= 0 && life.slices > 0) break;
      ++life.slices;
      const SliceReply reply = cell.slice(static_cast<std::uint32_t>(life.slices), lengths.next(),
                                          std::max(left_ns, kShortestNs));
      life.outcome = reply.outcome;
      if (reply.outcome.good()) life.items += reply.items;
      life.missed_wakeups += reply.missed_wakeups;
    }
  }
  if (life.outcome.good()) life.outcome = cell.close();
  life.took_s = life.at_work_s = elapsed_ns() / 1e9;
  if (life.outcome.verdict == CellVerdict::kHung) {
    life.at_work_s = std::max(life.took_s - surroundings.timeout_s, 0.0);
    if (interrupted()) life.outcome = {};  // the timeout was cut short, so this is no verdict
  }
  life.whole = life.outcome.good() && !interrupted();
  return life;
}

}  // namespace handoff
