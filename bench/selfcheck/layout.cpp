// Check of the code layout: handoff-relinked has the same sources, linked in another order and with
// padding, so its code has other addresses. Its cells must be equivalent to those of this program.
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <ostream>

#include "bench/results/results.h"
#include "bench/selfcheck/check.h"

namespace handoff {

namespace {

constexpr double kLayoutBudgetS = 15;
const char* const kRelinked[] = {"mutex_queue", "lockfree_spsc"};

std::string relinked_program() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path other = self.parent_path() / "handoff-relinked";
  return std::filesystem::exists(other, error) ? other.string() : "";
}

}  // namespace

CheckResult check_layout(const CheckOptions& options, std::ostream& progress) {
  const std::string relinked = relinked_program();
  if (relinked.empty()) {
    return {CheckVerdict::kCannotTell,
            "the program handoff-relinked is missing beside this program; build the target "
            "handoff-relinked"};
  }
  CheckResult result{CheckVerdict::kOk, ""};
  for (const char* strategy : kRelinked) {
    const Suite suite =
        small_suite({fmt::format("here={}", strategy), fmt::format("relinked={}", strategy)}, 64,
                    options.budget_s > 0 ? options.budget_s : kLayoutBudgetS, options.seed);
    const Measured measured =
        measure(suite, [&](Plan& plan) { plan.points[0].cells[1].program = relinked; });
    const PointEstimate estimate =
        handoff::estimate(measured.plan, measured.plan.points[0], measured.record.point(0));
    if (estimate.pairs.empty()) return {CheckVerdict::kCannotTell, "no pair could be compared"};
    const PairEstimate& pair = estimate.pairs.front();
    const double half_width = std::sqrt(pair.typical.hi / pair.typical.lo) - 1;
    progress << fmt::format("layout {}: {:.4f} [{:.4f}, {:.4f}] {}\n", strategy, pair.typical.value,
                            pair.typical.lo, pair.typical.hi, name(pair.verdict));
    result.text += fmt::format("{}{} {:.4f} ± {:.2f} % ({})", result.text.empty() ? "" : ", ",
                               strategy, pair.typical.value, 100 * half_width, name(pair.verdict));
    if (pair.verdict == PairVerdict::kFaster || pair.verdict == PairVerdict::kSlower) {
      result.verdict = CheckVerdict::kFailed;
    } else if (pair.verdict != PairVerdict::kEquivalent && result.verdict == CheckVerdict::kOk) {
      result.verdict = CheckVerdict::kCannotTell;
    }
  }
  return result;
}

}  // namespace handoff
