#include "bench/prove/prover.h"

#include <algorithm>
#include <utility>

#include "bench/interface/clock.h"
#include "bench/run/interruption.h"

namespace handoff {

namespace {

constexpr std::uint64_t kLongEvery = 16;  // every sixteenth life is long
/// Shares of a strategy's time: for its first life, another long one, a short one. If there are few
/// variants, one life of each of them takes kShareOfFew in total.
constexpr double kFirstShare = 0.2, kLongShare = 0.1, kShortShare = 0.01, kShareOfFew = 0.5;
constexpr double kFewVariants = 4;
constexpr double kShortestLifeS = 0.1, kLongestShortLifeS = 5;
constexpr double kShrinkS = 10;  // shrinking a failure gets at least this time
/// While a hang is shrunk, the timeout is this share of the usual one. For kMostHangs of these
/// timeouts, shrinking gets additional time.
constexpr double kShrinkPatience = 1.0 / 3;
constexpr int kMostHangs = 10;

/// Payloads need their own memory and a quarter in reserve (bench/interface/slots.h).
bool exceeds(const Workload& workload, std::uint64_t memory_bytes) {
  const std::uint64_t kept =
      std::uint64_t{workload.capacity} + workload.producers + workload.consumers;
  return kept * workload.payload / 4 * 5 > memory_bytes;
}

}  // namespace

Prover::Prover(const ProofPlan& plan, std::function<void(const ProofState&)> show)
    : plan_(plan), show_(std::move(show)), began_ns_(monotonic_ns()) {
  for (const Subject& subject : plan.subjects) {
    StrategyProof proof{.subject = subject};
    std::string why = "no combination of the given values fits into memory";
    courses_.push_back({.order = VariantOrder(plan.axes, plan.usable_cpus, plan.seed,
                                              [&](const Workload& workload) {
                                                if (exceeds(workload, plan.memory_bytes))
                                                  return true;
                                                // Only its cell knows what a plug-in supports.
                                                if (!subject.plugin.empty()) return false;
                                                const std::string own =
                                                    why_unsupported(*subject.strategy, workload);
                                                if (!own.empty()) why = own;
                                                return !own.empty();
                                              }),
                        .lived = {}});
    proof.skipped = courses_.back().order.excluded();
    if (proof.skipped == combinations(plan.axes)) proof.unsupported = why;
    proofs_.push_back(std::move(proof));
  }
}

double Prover::elapsed_s() const { return static_cast<double>(monotonic_ns() - began_ns_) / 1e9; }

void Prover::run() {
  while (!interrupted() && elapsed_s() < plan_.for_s) {
    std::size_t next = proofs_.size();  // the strategy that has had the least time
    for (std::size_t i = 0; i < proofs_.size(); ++i) {
      if (proofs_[i].failure || !proofs_[i].unsupported.empty()) continue;
      if (next == proofs_.size() || proofs_[i].spent_s < proofs_[next].spent_s) next = i;
    }
    if (next == proofs_.size()) return;
    go_on(next);
  }
}

double Prover::life_s(const Course& course) const {
  const double share_s = plan_.for_s / static_cast<double>(proofs_.size());
  const auto kinds = static_cast<double>(combinations(plan_.axes));
  double wanted_s = std::min(kShortShare * share_s, kLongestShortLifeS);
  if (course.begun % kLongEvery == 0) wanted_s = kLongShare * share_s;
  if (course.begun == 0) wanted_s = kFirstShare * share_s;
  if (kinds <= kFewVariants) wanted_s = kShareOfFew / kinds * share_s;
  return std::min(std::max(wanted_s, kShortestLifeS), std::max(plan_.for_s - elapsed_s(), 0.0));
}

Life Prover::live_once(const StrategyProof& proof, const Variant& variant, std::uint64_t seed,
                       double seconds, bool shrinking) {
  std::uint64_t items = 0;
  for (const StrategyProof& one : proofs_) items += one.items;
  show_({proof, variant, shrinking, items, elapsed_s(), plan_.for_s});
  LifeSurroundings surroundings = plan_.surroundings;
  if (shrinking) surroundings.timeout_s *= kShrinkPatience;
  return live({*proof.subject.strategy, proof.subject.plugin, variant, seed, seconds},
              surroundings);
}

void Prover::go_on(std::size_t index) {
  StrategyProof& proof = proofs_[index];
  Course& course = courses_[index];
  const std::optional<Variant> variant = course.order.next();
  if (!variant) return;
  const std::uint64_t seed = life_seed(plan_.seed, course.begun);
  const Life life = live_once(proof, *variant, seed, life_s(course), false);
  proof.spent_s += life.took_s;
  if (life.outcome.verdict == CellVerdict::kUnsupported) {
    course.order.exclude_last();
    proof.skipped = course.order.excluded();
    if (proof.skipped == combinations(plan_.axes)) proof.unsupported = life.outcome.reason;
    return;
  }
  ++course.begun;
  ++proof.lives;
  proof.slices += life.slices;
  proof.items += life.items;
  proof.missed_wakeups += life.missed_wakeups;
  if (std::find(course.lived.begin(), course.lived.end(), *variant) == course.lived.end()) {
    course.lived.push_back(*variant);
    ++proof.variants;
  }
  if (life.whole) proof.longest_life = std::max(proof.longest_life, life.items);
  if (!is_failure(life.outcome.verdict)) return;
  proof.failure = {*variant, seed, life};
  shrink_failure(proof);
}

void Prover::shrink_failure(StrategyProof& proof) {
  const double share_s = plan_.for_s / static_cast<double>(proofs_.size());
  double limit_s = std::max(share_s - proof.spent_s, kShrinkS);
  if (proof.failure->life.outcome.verdict == CellVerdict::kHung) {
    limit_s += kMostHangs * kShrinkPatience * plan_.surroundings.timeout_s;
  }
  proof.smallest =
      shrink(*proof.failure, limit_s, plan_.usable_cpus,
             [&](const Variant& variant, std::uint64_t seed, double seconds) {
               const bool own = proof.subject.plugin.empty();
               if (own && !why_unsupported(*proof.subject.strategy, variant.workload).empty()) {
                 return Life{.outcome = {CellVerdict::kUnsupported, {}}};
               }
               return live_once(proof, variant, seed, seconds, true);
             });
}

}  // namespace handoff
