// Check of the slice length: do short slices and slices of ten seconds give the same ratios? For
// every strategy, the ratio to one common strategy is measured with both, several times in turn.
// Each result must lie within the interval of the other.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <ostream>

#include "bench/calibration/calibration.h"
#include "bench/results/results.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/distributions.h"
#include "bench/stats/pairing.h"

namespace handoff {

namespace {

constexpr double kShortBudgetS = 15, kLongSliceS = 10, kConfidence = 0.95;
constexpr int kRounds = 4;
constexpr std::uint32_t kPayload = 64;

using Logs = std::map<std::string, double>;  // by label: log ns per item

/// Typical ns per item of every cell that delivered.
Logs logs_of(const Measured& measured) {
  const PointPlan& point = measured.plan.points[0];
  const PointEstimate estimate = handoff::estimate(measured.plan, point, measured.record.point(0));
  Logs logs;
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    if (estimate.cells[i])
      logs[point.cells[i].label] = std::log(estimate.cells[i]->typical_ns.value);
  }
  return logs;
}

/// The log ratio of every cell to `anchor`, from paired slices.
Logs paired_logs_of(const Measured& measured, const std::string& anchor) {
  const std::vector<CellPlan>& cells = measured.plan.points[0].cells;
  const auto is_anchor = [&](const CellPlan& cell) { return cell.label == anchor; };
  const auto to =
      static_cast<int>(std::find_if(cells.begin(), cells.end(), is_anchor) - cells.begin());
  const auto tables =
      incarnation_tables(measured.record.point(0).samples, static_cast<int>(cells.size()));
  std::vector<int> anchors(cells.size());
  std::iota(anchors.begin(), anchors.end(), 0);
  Logs logs;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const int index = static_cast<int>(cell);
    const std::vector<double> ratios = pair_series(tables, index, to, anchors).typical;
    if (ratios.empty()) continue;
    logs[cells[cell].label] = std::log(geometric_mean(ratios, kConfidence).value);
  }
  return logs;
}

/// The mean of the log ratios of several runs, and the half-width of its interval, including the
/// between-run term.
struct Side {
  double mean = 0, half = 0;
  [[nodiscard]] bool holds(double log) const { return std::abs(log - mean) <= half; }
  [[nodiscard]] std::string text() const {
    return fmt::format("{:.3f} [{:.3f}, {:.3f}]", std::exp(mean), std::exp(mean - half),
                       std::exp(mean + half));
  }
};

Side side_of(const std::vector<double>& logs, double between_sd, double confidence) {
  const Interval interval = geometric_mean(logs, confidence);
  const double tail = (1 - confidence) / 2;
  const double known = normal_above(tail) * between_sd / std::sqrt(std::ssize(logs));
  const double within = std::log(interval.hi / interval.value);
  return {std::log(interval.value), std::hypot(within, known)};
}

}  // namespace

CheckResult check_regime(const CheckOptions& options, std::ostream& progress) {
  const double slice_s = options.budget_s > 0 ? options.budget_s : kLongSliceS;
  const int rounds = std::max(options.runs, options.runs > 0 ? 2 : kRounds);
  std::map<std::string, std::vector<double>> brief, lasting;
  std::map<std::string, double> between_sds;
  std::string anchor;
  for (int round = 0; round < rounds; ++round) {
    const Measured short_slices = measure(
        small_suite(options.strategies, kPayload, kShortBudgetS, options.seed), [](Plan&) {},
        options.plugins);
    if (anchor.empty()) {
      const Logs first = logs_of(short_slices);
      const auto quicker = [](const auto& a, const auto& b) { return a.second < b.second; };
      anchor = std::min_element(first.begin(), first.end(), quicker)->first;
      const PointPlan& point = short_slices.plan.points[0];
      for (std::size_t i = 0; i < point.cells.size(); ++i) {
        between_sds[point.cells[i].label] = point.between_run_sds[i];
      }
    }
    for (const auto& [label, log] : paired_logs_of(short_slices, anchor)) {
      brief[label].push_back(log);
    }
    Suite suite = small_suite(options.strategies, kPayload, 1, options.seed);
    suite.slice_s = slice_s;
    suite.incarnations = 1;
    suite.budget_s = 60 * slice_s;
    const Logs whole = logs_of(measure(
        suite,
        [](Plan& plan) {
          plan.points[0].blocks = 1;
          plan.budget_s = 0;  // so that the run ends after one block
        },
        options.plugins));
    for (const auto& [label, log] : whole) {
      if (whole.contains(anchor)) lasting[label].push_back(log - whole.at(anchor));
    }
    progress << fmt::format("regime round {} of {}\n", round + 1, rounds) << std::flush;
  }
  // The intervals hold at 95 % for all strategies together. Each strategy is compared twice.
  const auto compared = static_cast<double>(std::max<std::size_t>(2 * (brief.size() - 1), 1));
  const double confidence = 1 - (1 - kConfidence) / compared;
  CheckResult result{CheckVerdict::kOk, ""};
  int agreed = 0, told = 0;
  for (const auto& [label, logs] : brief) {
    if (label == anchor || logs.size() < 2 || lasting[label].size() < 2) continue;
    const double between = std::hypot(between_sds[label], between_sds[anchor]);
    const Side slices = side_of(logs, between, confidence);
    const Side whole = side_of(lasting[label], between, confidence);
    const bool agree = slices.holds(whole.mean) && whole.holds(slices.mean);
    progress << fmt::format("regime {} / {}: {} in short slices, {} in slices of {:g} s{}\n", label,
                            anchor, slices.text(), whole.text(), slice_s, agree ? "" : ": DIFFER");
    ++told;
    agreed += agree ? 1 : 0;
    if (!agree) {
      result.text += fmt::format("; {} / {}: {} in short slices, {} in long ones", label, anchor,
                                 slices.text(), whole.text());
    }
  }
  result.text = fmt::format(
      "{} of {} ratios to {} agree between short slices and slices of {:g} s, {} rounds{}", agreed,
      told, anchor, slice_s, rounds, result.text);
  if (told == 0) result.verdict = CheckVerdict::kCannotTell;
  if (agreed < told) result.verdict = CheckVerdict::kFailed;
  return result;
}

}  // namespace handoff
