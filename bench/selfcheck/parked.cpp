// Check of parked cells: how much CPU time cells use between their slices.
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "bench/selfcheck/check.h"

namespace handoff {

namespace {
constexpr double kParkedBudgetS = 8;
constexpr double kMost = 0.01;  // of a CPU
}  // namespace

CheckResult check_parked(const CheckOptions& options, std::ostream& progress) {
  Suite suite =
      small_suite({}, 64, options.budget_s > 0 ? options.budget_s : kParkedBudgetS, options.seed);
  suite.references = true;
  const Measured measured = measure(suite);
  double most = 0;
  std::string where, noted;
  for (std::size_t c = 0; c < measured.plan.points[0].cells.size(); ++c) {
    const CellRecord& cell = measured.record.point(0).cells[c];
    if (cell.closed == 0) continue;
    const double share = cell.parked_cpu_share_sum / cell.closed;
    const std::string& label = measured.plan.points[0].cells[c].label;
    progress << fmt::format("parked {}: {:.4f} % of a CPU\n", label, 100 * share);
    if (!cell.note.empty()) {  // a runtime known to become idle slowly: reported, but not judged
      noted += fmt::format("; {} {:.3f} % ({})", label, 100 * share, cell.note);
    } else if (share >= most) {
      most = share;
      where = label;
    }
  }
  return {most <= kMost ? CheckVerdict::kOk : CheckVerdict::kFailed,
          fmt::format("between slices a cell uses at most {:.3f} % of a CPU ({}){}", 100 * most,
                      where, noted)};
}

}  // namespace handoff
