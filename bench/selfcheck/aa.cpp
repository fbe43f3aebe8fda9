// A/A: one strategy under two labels. The true ratio is 1.
#include <fmt/format.h>

#include <cmath>
#include <ostream>
#include <random>
#include <stdexcept>

#include "bench/results/results.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/quantile.h"
#include "bench/stats/rates.h"

namespace handoff {

namespace {

constexpr double kTwinsBudgetS = 10;
constexpr double kWidest = 0.03;  // half-width that an interval should not exceed
const std::vector<std::string> kTwins{"mutex_queue", "lockfree_spsc"};

/// The results of several A/A comparisons.
struct Tally {
  int runs = 0, hold = 0, narrow = 0, false_alarms = 0;
  std::vector<double> ratios, half_widths;

  void add(const PairEstimate& pair) {
    // In the same direction, whichever cell leads.
    const Interval ratio = pair.cell == 0 ? pair.typical : inverse(pair.typical);
    const double half_width = std::sqrt(ratio.hi / ratio.lo) - 1;
    ++runs;
    hold += ratio.lo <= 1 && 1 <= ratio.hi ? 1 : 0;
    narrow += half_width <= kWidest ? 1 : 0;
    false_alarms +=
        pair.verdict == PairVerdict::kFaster || pair.verdict == PairVerdict::kSlower ? 1 : 0;
    ratios.push_back(ratio.value);
    half_widths.push_back(half_width);
  }

  std::string text() const {
    const auto rate = [this](int hits) {
      const Interval interval = rate_interval(hits, runs);
      return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * interval.value, 100 * interval.lo,
                         100 * interval.hi);
    };
    if (runs == 1) {
      return fmt::format("{:.4f} ± {:.2f} %", ratios[0], 100 * half_widths[0]);
    }
    return fmt::format(
        "{} runs: ratio {:.4f} … {:.4f}; the interval contains 1 in {}; its half-width is {:.2f} % "
        "(median) and at most 3 % in {}; called different in {}",
        runs, quantile(ratios, 0), quantile(ratios, 1), rate(hold), 100 * median(half_widths),
        rate(narrow), rate(false_alarms));
  }

  /// By chance, the interval misses 1 in one run of twenty. So the check fails only if the rate is
  /// certainly worse.
  CheckVerdict verdict() const {
    if (false_alarms > 0 && rate_interval(false_alarms, runs).lo > 0.01) {
      return CheckVerdict::kFailed;
    }
    if (rate_interval(hold, runs).hi < 0.95) return CheckVerdict::kFailed;
    if (2 * narrow < runs || (runs == 1 && hold == 0)) return CheckVerdict::kCannotTell;
    return CheckVerdict::kOk;
  }
};

const PairEstimate& only_pair(const PointEstimate& estimate) {
  if (estimate.pairs.empty()) throw std::runtime_error("no pair could be compared");
  return estimate.pairs.front();
}

/// Makes replays of a stored A/A run: each takes as many neighbouring incarnations as a live run
/// has, and exchanges the labels of each incarnation at random.
Tally replay(const std::string& directory, const CheckOptions& options, std::mt19937_64& random) {
  const auto [plan, record] = read_run(directory);
  if (plan.points.size() != 1 || plan.points[0].cells.size() != 2) {
    throw std::runtime_error(
        fmt::format("{} is not an A/A run: it must have one point with two labels of one strategy, "
                    "and no references",
                    directory));
  }
  PointSamples all;
  for (const IncarnationSamples& incarnation : record.point(0).samples) {
    if (!incarnation.empty()) all.push_back(incarnation);
  }
  const double budget_s = options.budget_s > 0 ? options.budget_s : kTwinsBudgetS;
  const auto length = static_cast<std::size_t>(
      std::lround(static_cast<double>(all.size()) * budget_s / plan.budget_s));
  if (length < 8 || length > all.size()) {
    throw std::runtime_error(fmt::format(
        "{} has {} incarnations in {:g} s, which is too few for replays of {:g} s with at "
        "least 8 each; give a longer run",
        directory, all.size(), plan.budget_s, budget_s));
  }
  Tally tally;
  for (int i = 0; i < options.replays; ++i) {
    const std::size_t first = random() % (all.size() - length + 1);
    PointSamples sample(all.begin() + static_cast<std::ptrdiff_t>(first),
                        all.begin() + static_cast<std::ptrdiff_t>(first + length));
    for (IncarnationSamples& incarnation : sample) {
      if (random() % 2 == 0) continue;
      for (BlockSamples& block : incarnation) {
        for (SliceSample& slice : block) slice.cell = 1 - slice.cell;
      }
    }
    tally.add(only_pair(estimate_point(sample, 2, {0, 1}, {})));
  }
  return tally;
}

}  // namespace

CheckResult check_aa(const CheckOptions& options, std::ostream& progress) {
  CheckResult result{CheckVerdict::kOk, ""};
  std::mt19937_64 random(options.seed);
  const auto note = [&](const std::string& what, const Tally& tally) {
    result.text += fmt::format("{}{}: {}", result.text.empty() ? "" : "; ", what, tally.text());
    if (result.verdict != CheckVerdict::kFailed && tally.verdict() != CheckVerdict::kOk) {
      result.verdict = tally.verdict();
    }
  };
  if (!options.replay.empty()) {
    for (const std::string& directory : options.replay) {
      note(directory, replay(directory, options, random));
    }
    return result;
  }
  const double budget_s = options.budget_s > 0 ? options.budget_s : kTwinsBudgetS;
  for (const std::string& strategy : options.strategies_or(kTwins)) {
    Tally tally;
    for (int run = 0; run < std::max(options.runs, 1); ++run) {
      const Suite suite =
          small_suite({fmt::format("a={}", strategy), fmt::format("b={}", strategy)}, 64, budget_s,
                      options.seed == 0 ? 0 : options.seed + static_cast<std::uint64_t>(run));
      const Measured measured = measure(
          suite, [](Plan&) {}, options.plugins);
      const PointEstimate estimate =
          handoff::estimate(measured.plan, measured.plan.points[0], measured.record.point(0));
      const PairEstimate& pair = only_pair(estimate);
      tally.add(pair);
      progress << fmt::format("aa {} run {}: {:.4f} [{:.4f}, {:.4f}] {}\n", strategy, run + 1,
                              pair.typical.value, pair.typical.lo, pair.typical.hi,
                              name(pair.verdict));
    }
    note(strategy, tally);
  }
  return result;
}

}  // namespace handoff
