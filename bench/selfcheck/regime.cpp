// Regime: do short slices say the same as an uninterrupted run? Signs must agree where short
// slices have decided.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "bench/results/results.h"
#include "bench/selfcheck/check.h"

namespace handoff {

namespace {

constexpr double kShortBudgetS = 15, kLongSliceS = 10;
const std::vector<std::string> kBriefAndLasting{"mutex_queue", "lockfree_queue", "lockfree_spsc"};

double ns_per_item(const Measured& measured, std::size_t cell) {
  double elapsed_ns = 0, items = 0;
  for (const IncarnationSamples& incarnation : measured.record.point(0).samples) {
    for (const BlockSamples& block : incarnation) {
      for (const SliceSample& slice : block) {
        if (slice.cell != static_cast<int>(cell)) continue;
        elapsed_ns += slice.elapsed_ns;
        items += slice.items;
      }
    }
  }
  return items > 0 ? elapsed_ns / items : std::nan("");
}

}  // namespace

CheckResult check_regime(const CheckOptions& options, std::ostream& progress) {
  const Measured brief = measure(small_suite(kBriefAndLasting, 64, kShortBudgetS, options.seed));
  const PointEstimate estimate =
      handoff::estimate(brief.plan, brief.plan.points[0], brief.record.point(0));

  Suite lasting = small_suite(kBriefAndLasting, 64, 1, options.seed);
  const double slice_s = options.budget_s > 0 ? options.budget_s : kLongSliceS;
  lasting.slice_s = slice_s;
  lasting.incarnations = 1;
  lasting.budget_s = 20 * slice_s * static_cast<double>(kBriefAndLasting.size());
  const Measured uninterrupted = measure(lasting, [](Plan& plan) {
    plan.points[0].blocks = 1;
    plan.budget_s = 0;  // one block, then the end
  });

  CheckResult result{CheckVerdict::kOk, ""};
  int decided = 0, agreed = 0;
  for (const PairEstimate& pair : estimate.pairs) {
    const double ratio = ns_per_item(uninterrupted, static_cast<std::size_t>(pair.cell)) /
                         ns_per_item(uninterrupted, static_cast<std::size_t>(pair.to));
    const auto& cells = brief.plan.points[0].cells;
    progress << fmt::format("regime {} / {}: {:.3f} [{:.3f}, {:.3f}] in slices, {:.3f} in {:g} s\n",
                            cells[static_cast<std::size_t>(pair.cell)].label,
                            cells[static_cast<std::size_t>(pair.to)].label, pair.typical.value,
                            pair.typical.lo, pair.typical.hi, ratio, slice_s);
    result.text += fmt::format(
        "{}{} / {} {:.2f} in slices and {:.2f} in one piece", result.text.empty() ? "" : ", ",
        cells[static_cast<std::size_t>(pair.cell)].label,
        cells[static_cast<std::size_t>(pair.to)].label, pair.typical.value, ratio);
    if (pair.verdict != PairVerdict::kFaster && pair.verdict != PairVerdict::kSlower) continue;
    ++decided;
    agreed += (pair.verdict == PairVerdict::kSlower) == (ratio > 1) ? 1 : 0;
  }
  result.text =
      fmt::format("{} of {} decided pairs agree in sign: {}", agreed, decided, result.text);
  if (decided == 0) result.verdict = CheckVerdict::kCannotTell;
  if (agreed < decided) result.verdict = CheckVerdict::kFailed;
  return result;
}

}  // namespace handoff
