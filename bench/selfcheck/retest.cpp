// Check by repetition: do whole runs, one after the other, give the same verdicts?
#include <fmt/format.h>

#include <cmath>
#include <map>
#include <ostream>
#include <random>

#include "bench/results/results.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/rates.h"

namespace handoff {

namespace {

constexpr double kRetestBudgetS = 60, kWantedHolding = 0.9;
constexpr int kRuns = 2;

struct Comparison {
  Interval ratio, next_run;
  double log_error;
  PairVerdict verdict;
};
using Answers = std::map<std::string, Comparison>;  // "point: a / b", a before b

/// All pairs of candidates with the leader. Each is named in the same direction, whichever leads.
Answers answers_of(const Measured& measured) {
  Answers answers;
  for (std::size_t p = 0; p < measured.plan.points.size(); ++p) {
    const PointPlan& point = measured.plan.points[p];
    for (const PairEstimate& pair :
         estimate(measured.plan, point, measured.record.point(static_cast<int>(p))).pairs) {
      const CellPlan& cell = point.cells[static_cast<std::size_t>(pair.cell)];
      const CellPlan& to = point.cells[static_cast<std::size_t>(pair.to)];
      if (to.role == Role::kReference || !std::isfinite(pair.typical.value)) continue;
      Comparison said{pair.typical, pair.next_run, pair.log_error, pair.verdict};
      const bool turn = to.label < cell.label;
      if (turn) {
        said.ratio = inverse(pair.typical);
        said.next_run = inverse(pair.next_run);
        if (pair.verdict == PairVerdict::kFaster) said.verdict = PairVerdict::kSlower;
        if (pair.verdict == PairVerdict::kSlower) said.verdict = PairVerdict::kFaster;
      }
      answers[fmt::format("{}: {} / {}", point.id, turn ? to.label : cell.label,
                          turn ? cell.label : to.label)] = said;
    }
  }
  return answers;
}

bool reversed(PairVerdict a, PairVerdict b) {
  return (a == PairVerdict::kFaster && b == PairVerdict::kSlower) ||
         (a == PairVerdict::kSlower && b == PairVerdict::kFaster);
}

/// How much the runs differ in addition to their own standard errors: the standard deviation of a
/// log ratio from run to run, estimated by moments.
double between_run_sd(const std::vector<Answers>& runs) {
  double excess = 0;
  int count = 0;
  for (std::size_t i = 0; i + 1 < runs.size(); ++i) {
    for (const auto& [pair, now] : runs[i]) {
      const auto then = runs[i + 1].find(pair);
      if (then == runs[i + 1].end()) continue;
      const double change = std::log(then->second.ratio.value / now.ratio.value);
      const double noise = std::pow(now.log_error, 2) + std::pow(then->second.log_error, 2);
      excess += (change * change - noise) / 2;
      ++count;
    }
  }
  return count == 0 ? 0 : std::sqrt(std::max(excess / count, 0.0));
}

}  // namespace

CheckResult check_retest(const CheckOptions& options, std::ostream& progress) {
  const double budget_s = options.budget_s > 0 ? options.budget_s : kRetestBudgetS;
  std::vector<Answers> runs;
  std::random_device fresh;
  for (const std::string& directory : options.replay) {
    runs.push_back(answers_of(read_run(directory)));
  }
  const int live = options.replay.empty() ? std::max(options.runs, kRuns) : 0;
  for (int run = 0; run < live; ++run) {
    Suite suite = parse_suite(suite_text("default"), "default.toml");
    suite.budget_s = budget_s;
    suite.seed = options.seed == 0 ? fresh() : options.seed + static_cast<std::uint64_t>(run);
    runs.push_back(answers_of(measure(suite)));
    progress << fmt::format("retest run {}: {} pairs\n", run + 1, runs.back().size());
  }
  int pairs = 0, reversals = 0, holding = 0, decided = 0, foretold = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      for (const auto& [pair, today] : runs[i]) {
        const auto found = runs[j].find(pair);
        if (found == runs[j].end()) continue;
        const Comparison& tomorrow = found->second;
        if (reversed(today.verdict, tomorrow.verdict)) {
          ++reversals;
          progress << fmt::format(
              "reversed: {} {:.3f} [{:.3f}, {:.3f}] then {:.3f} [{:.3f}, {:.3f}]\n", pair,
              today.ratio.value, today.ratio.lo, today.ratio.hi, tomorrow.ratio.value,
              tomorrow.ratio.lo, tomorrow.ratio.hi);
        }
        if (j != i + 1) continue;
        ++pairs;
        decided += today.verdict == PairVerdict::kFaster || today.verdict == PairVerdict::kSlower;
        const auto holds = [&](const Interval& interval) {
          return interval.lo <= tomorrow.ratio.value && tomorrow.ratio.value <= interval.hi;
        };
        holding += holds(today.ratio) ? 1 : 0;
        foretold += holds(today.next_run) ? 1 : 0;
      }
    }
  }
  if (pairs == 0) return {CheckVerdict::kCannotTell, "the runs have no pair in common"};
  const Interval rate = rate_interval(foretold, pairs);
  CheckResult result;
  result.text = fmt::format(
      "{} runs of {:g} s: {} reversed verdicts; the next run's ratio lies in the 95 % prediction "
      "interval in {} of {} pairs ({:.0f} % [{:.0f}, {:.0f}]), and in the interval of the table in "
      "{}; {} pairs were decided; between runs a ratio varies by {:.1f} % (standard deviation) in "
      "addition to the noise within a run",
      runs.size(), budget_s, reversals, foretold, pairs, 100 * rate.value, 100 * rate.lo,
      100 * rate.hi, holding, decided, 100 * between_run_sd(runs));
  result.verdict = reversals > 0 || rate.hi < kWantedHolding ? CheckVerdict::kFailed
                   : rate.value < kWantedHolding             ? CheckVerdict::kCannotTell
                                                             : CheckVerdict::kOk;
  return result;
}

}  // namespace handoff
