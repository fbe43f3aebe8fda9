// Check of the slice length: do short slices and slices of ten seconds give the same ratios? Both
// are measured in turn, in several rounds. A strategy's ratio is to the geometric mean of all
// others in the round: a ratio to one of them would carry the noise of that one into all.
// Each result must lie within the interval of the other.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <ostream>
#include <stdexcept>

#include "bench/selfcheck/check.h"
#include "bench/stats/interval.h"
#include "bench/stats/pairing.h"

namespace handoff {

namespace {

constexpr double kShortBudgetS = 15, kLongSliceS = 10, kConfidence = 0.95;
constexpr int kRounds = 8, kFewestRounds = 4;
constexpr std::uint32_t kPayload = 64;
// An interval whose ends are further apart than this factor does not show that two results agree.
constexpr double kWidestInterval = 2.5;

using Logs = std::map<std::string, double>;  // by label: log of the ratio to the mean of the others

/// Of all incarnations: from the windows of the slices (`typical`), or from whole slices, timed or
/// not (`overall`). Cells that never met are compared through a third. Throws std::runtime_error if
/// there is none.
Logs logs_of(const Measured& measured, std::vector<double> PairSeries::*kind) {
  const std::vector<CellPlan>& cells = measured.plan.points[0].cells;
  const int count = static_cast<int>(cells.size());
  const auto tables = incarnation_tables(measured.record.point(0).samples, count);
  std::vector<int> all;
  for (int cell = 0; cell < count; ++cell) {
    if (cells[static_cast<std::size_t>(cell)].runs()) all.push_back(cell);
  }
  Logs logs;
  for (const int cell : all) {
    const std::string& label = cells[static_cast<std::size_t>(cell)].label;
    double sum = 0;
    for (const int other : all) {
      if (other == cell) continue;
      const PairSeries pairs = pair_series(tables, cell, other, all);
      if ((pairs.*kind).empty()) {
        throw std::runtime_error(fmt::format("{} cannot be compared with {}", label,
                                             cells[static_cast<std::size_t>(other)].label));
      }
      const std::vector<double>& series = pairs.*kind;
      sum += std::reduce(series.begin(), series.end()) / static_cast<double>(series.size());
    }
    if (all.size() > 1) logs[label] = sum / static_cast<double>(all.size() - 1);
  }
  return logs;
}

Measured measure_short(const CheckOptions& options) {
  const auto as_planned = [](Plan&) {};
  return measure(small_suite(options.strategies, kPayload, kShortBudgetS, options.seed), as_planned,
                 options.plugins);
}

/// One uninterrupted slice of `slice_s` of every strategy, one after the other.
Measured measure_long(const CheckOptions& options, double slice_s) {
  Suite suite = small_suite(options.strategies, kPayload, 1, options.seed);
  suite.slice_s = slice_s;
  suite.incarnations = 1;
  suite.budget_s = 60 * slice_s;
  const auto one_block = [](Plan& plan) {
    plan.points[0].blocks = 1;
    plan.budget_s = 0;  // so that the run ends after one block
  };
  return measure(suite, one_block, options.plugins);
}

/// Each within the other's interval, or not, or an interval too wide to say.
CheckVerdict compared(const Interval& one, const Interval& other) {
  if (one.hi < other.lo || other.hi < one.lo) return CheckVerdict::kFailed;
  if (std::max(one.hi / one.lo, other.hi / other.lo) > kWidestInterval) {
    return CheckVerdict::kCannotTell;
  }
  const bool agree = one.lo <= other.value && other.value <= one.hi && other.lo <= one.value &&
                     one.value <= other.hi;
  return agree ? CheckVerdict::kOk : CheckVerdict::kFailed;
}

std::string text_of(const Interval& i) {
  return fmt::format("{:.3g} [{:.3g}, {:.3g}]", i.value, i.lo, i.hi);
}

/// By label, the log ratio of every round.
using Rounds = std::map<std::string, std::vector<double>>;

void add_round(Rounds& rounds, const Logs& logs) {
  for (const auto& [label, log] : logs) rounds[label].push_back(log);
}

}  // namespace

CheckResult check_regime(const CheckOptions& options, std::ostream& progress) {
  const double slice_s = options.budget_s > 0 ? options.budget_s : kLongSliceS;
  const int rounds = options.runs > 0 ? std::max(options.runs, kFewestRounds) : kRounds;
  Rounds brief, lasting;
  for (int round = 0; round < rounds; ++round) {
    const Measured slices = measure_short(options);
    add_round(brief, logs_of(slices, &PairSeries::typical));
    add_round(lasting, logs_of(measure_long(options, slice_s), &PairSeries::overall));
    progress << fmt::format("regime round {} of {}\n", round + 1, rounds) << std::flush;
  }
  // The intervals hold at 95 % for all strategies together. Each strategy is compared twice.
  const double confidence = 1 - (1 - kConfidence) / (2 * static_cast<double>(brief.size()));
  int agreed = 0, unclear = 0;
  std::string differing;
  for (const auto& [label, logs] : brief) {
    const Interval slices = geometric_mean(logs, confidence);
    const Interval whole = geometric_mean(lasting.at(label), confidence);
    const CheckVerdict verdict = compared(slices, whole);
    progress << fmt::format("regime {}: {} in short slices, {} in slices of {:g} s: {}\n", label,
                            text_of(slices), text_of(whole), slice_s, name(verdict));
    agreed += verdict == CheckVerdict::kOk ? 1 : 0;
    unclear += verdict == CheckVerdict::kCannotTell ? 1 : 0;
    if (verdict != CheckVerdict::kFailed) continue;
    differing += fmt::format("; {}: {} in short slices, {} in long ones", label, text_of(slices),
                             text_of(whole));
  }
  CheckResult result{
      CheckVerdict::kOk,
      fmt::format("{} of {} ratios to the mean of the others agree between short slices and "
                  "slices of {:g} s, {} have wide intervals, {} rounds{}",
                  agreed, brief.size(), slice_s, unclear, rounds, differing)};
  if (unclear > 0 || brief.empty()) result.verdict = CheckVerdict::kCannotTell;
  if (!differing.empty()) result.verdict = CheckVerdict::kFailed;
  return result;
}

}  // namespace handoff
