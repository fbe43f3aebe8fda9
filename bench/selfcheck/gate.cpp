// Check of the gate: how often it calls unchanged code a regression, how often it stays undecided,
// and how often it detects a real slowdown.
//
// It uses runs of one strategy under three labels, stored ones (--replay) or new ones. Each replay
// takes as many neighbouring incarnations as a gate of that budget has, exchanges the labels of
// each at random, slows down one label by a known factor, and judges them with the looks of a gate.
#include "bench/stats/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <random>
#include <stdexcept>

#include "bench/gate/gate.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/rates.h"

namespace handoff {

namespace {

constexpr double kRecordedGates = 3;  // a run for replays lasts as long as so many gates
constexpr double kMostFalseAlarms = 0.01, kMostUndecided = 0.05, kLeastCaught = 0.95;
const std::vector<std::string> kGated{"mutex_queue", "lockfree_spsc"};

GateVerdict replay_once(PointSamples sample, double slowdown, std::mt19937_64& random) {
  for (IncarnationSamples& incarnation : sample) {
    std::array<int, 3> labels{0, 1, 2};
    for (std::size_t i = 2; i > 0; --i) std::swap(labels[i], labels[random() % (i + 1)]);
    for (BlockSamples& block : incarnation) {
      for (SliceSample& slice : block) {
        slice.cell = labels[static_cast<std::size_t>(slice.cell)];
        if (slice.cell == GateCells{}.head) slice.elapsed_ns *= slowdown;
      }
    }
  }
  GateRule rule;
  const std::vector<int> looks = gate_looks();
  rule.looks = static_cast<int>(looks.size()) + 1;
  for (const int look : looks) {
    if (look >= static_cast<int>(sample.size())) break;
    const PointSamples so_far(sample.begin(), sample.begin() + look);
    const GateVerdict verdict = judge(so_far, 3, {}, rule).verdict;
    if (verdict != GateVerdict::kUndecided) return verdict;
  }
  return judge(sample, 3, {}, rule).verdict;
}

struct Rates {
  int replays = 0, regressions = 0, undecided = 0;
};

Rates replay(const PointSamples& all, std::size_t length, double slowdown, int replays,
             std::mt19937_64& random) {
  Rates rates;
  for (rates.replays = 0; rates.replays < replays; ++rates.replays) {
    const auto first = static_cast<std::ptrdiff_t>(random() % (all.size() - length + 1));
    const auto begin = all.begin() + first;
    const GateVerdict verdict =
        replay_once({begin, begin + static_cast<std::ptrdiff_t>(length)}, slowdown, random);
    rates.regressions += verdict == GateVerdict::kRegression ? 1 : 0;
    rates.undecided += verdict == GateVerdict::kUndecided ? 1 : 0;
  }
  return rates;
}

/// Measures one strategy under three labels.
Measured record(const std::string& strategy, double budget_s, const CheckOptions& options) {
  const auto labelled = [&](const char* label) { return fmt::format("{}={}", label, strategy); };
  return measure(
      small_suite({labelled("a"), labelled("b"), labelled("c")}, 64, budget_s, options.seed),
      [](Plan&) {}, options.plugins);
}

class Report {
 public:
  void add(const std::string& what, const Rates& same, const Rates& slower, double slowdown) {
    result_.text += fmt::format(
        "{}{}: unchanged code is called a regression in {} and undecided in {}; a slowdown of "
        "{:.0f} % is detected in {}",
        result_.text.empty() ? "" : "; ", what, text(same.regressions, same.replays),
        text(same.undecided, same.replays), 100 * (slowdown - 1),
        text(slower.regressions, slower.replays));
    const Interval false_alarms = rate_interval(same.regressions, same.replays);
    const Interval open = rate_interval(same.undecided, same.replays);
    const Interval caught = rate_interval(slower.regressions, slower.replays);
    if (false_alarms.lo > kMostFalseAlarms || open.lo > kMostUndecided ||
        caught.hi < kLeastCaught) {
      result_.verdict = CheckVerdict::kFailed;
    } else if (result_.verdict == CheckVerdict::kOk &&
               (false_alarms.value > kMostFalseAlarms || open.value > kMostUndecided ||
                caught.value < kLeastCaught)) {
      result_.verdict = CheckVerdict::kCannotTell;
    }
  }
  const CheckResult& result() const { return result_; }

 private:
  static std::string text(int hits, int of) {
    const Interval rate = rate_interval(hits, of);
    return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * rate.value, 100 * rate.lo, 100 * rate.hi);
  }
  CheckResult result_{CheckVerdict::kOk, ""};
};

}  // namespace

CheckResult check_gate(const CheckOptions& options, std::ostream& progress) {
  const double budget_s = options.budget_s > 0 ? options.budget_s : kGateBudgetS;
  const double slowdown = 1 + 2 * GateRule{}.threshold;
  std::mt19937_64 random(options.seed);
  Report report;
  const auto judge_run = [&](const std::string& what, const Measured& run) {
    PointSamples all;
    if (run.plan.points.size() == 1 && run.plan.points[0].cells.size() == 3) {
      for (const IncarnationSamples& incarnation : run.record.point(0).samples) {
        if (!incarnation.empty()) all.push_back(incarnation);
      }
    }
    const auto length = static_cast<std::size_t>(static_cast<double>(all.size()) *
                                                 std::min(budget_s / run.record.spent_s(), 1.0));
    if (length < 8) {
      throw std::runtime_error(fmt::format(
          "{} cannot be used: it must be a run of one point with three labels of one strategy, "
          "without references, and with at least 8 incarnations in {:g} s",
          what, budget_s));
    }
    progress << fmt::format("gate {}: {} incarnations, {} per gate\n", what, all.size(), length);
    report.add(what, replay(all, length, 1, options.replays, random),
               replay(all, length, slowdown, options.replays, random), slowdown);
  };
  for (const std::string& directory : options.replay) judge_run(directory, read_run(directory));
  if (options.replay.empty()) {
    for (const std::string& strategy : options.strategies_or(kGated)) {
      judge_run(strategy, record(strategy, kRecordedGates * budget_s, options));
    }
  }
  return report.result();
}

}  // namespace handoff
