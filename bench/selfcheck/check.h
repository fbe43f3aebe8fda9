// Checks that handoff measures correctly. Each check prints one line: its name, its verdict, and
// what it measured.
//
//   aa      identical code is found equal, with an interval of at most 3 %
//   retest  whole runs, one after the other, agree
//   regime  short slices and slices of ten seconds give the same ratios
//   layout  the same sources, linked in another order and with padding, are found equivalent
//   parked  cells use no CPU time between their slices
//   gate    how often unchanged code fails a gate, and how often a slowdown of twice the threshold
//           passes
//   proof   the cost of making and checking every byte
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/plan/plugins.h"
#include "bench/results/record.h"
#include "bench/stats/estimate.h"
#include "bench/suite/suite.h"

namespace handoff {

enum class CheckVerdict : std::uint8_t { kOk, kFailed, kCannotTell };
std::string_view name(CheckVerdict verdict);  // "ok", "FAILED", "cannot tell"

struct CheckResult {
  CheckVerdict verdict = CheckVerdict::kCannotTell;
  std::string text;
};

struct CheckOptions {
  double budget_s = 0;              // 0: the default of the check
  int runs = 0;                     // how many times to measure; 0: the default of the check
  std::uint64_t seed = 0;           // 0: a new one
  std::vector<std::string> replay;  // aa, retest, gate: directories of stored runs to use instead
  int replays = 1000;
  std::vector<std::string> strategies;  // aa, gate, regime; empty: the default of the check
  ForeignStrategies plugins;

  const std::vector<std::string>& strategies_or(const std::vector<std::string>& own) const {
    return strategies.empty() ? own : strategies;
  }
};

/// Runs `suite` on this machine and leaves no files. `alter` may change the plan before the run.
/// Throws UsageError, or std::runtime_error if a cell failed or the run was interrupted.
struct Measured {
  Plan plan;
  RunRecord record;
};
Measured measure(
    const Suite& suite, const std::function<void(Plan&)>& alter = [](Plan&) {},
    const ForeignStrategies& plugins = {});

/// The run stored in `directory`, from its journal. Throws std::runtime_error.
Measured read_run(const std::string& directory);

/// A suite of one group: 1:1, `payload` bytes, `strategies` as on the command line, no references.
Suite small_suite(const std::vector<std::string>& strategies, std::uint32_t payload,
                  double budget_s, std::uint64_t seed);

CheckResult check_aa(const CheckOptions& options, std::ostream& progress);
CheckResult check_gate(const CheckOptions& options, std::ostream& progress);
CheckResult check_retest(const CheckOptions& options, std::ostream& progress);
CheckResult check_regime(const CheckOptions& options, std::ostream& progress);
CheckResult check_layout(const CheckOptions& options, std::ostream& progress);
CheckResult check_parked(const CheckOptions& options, std::ostream& progress);
CheckResult check_proof(const CheckOptions& options, std::ostream& progress);

}  // namespace handoff
