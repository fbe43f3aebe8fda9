#include "bench/stats/verdict.h"

namespace handoff {

std::string_view name(PairVerdict verdict) {
  switch (verdict) {
    case PairVerdict::kFaster:
      return "faster";
    case PairVerdict::kSlower:
      return "slower";
    case PairVerdict::kEquivalent:
      return "equivalent";
    case PairVerdict::kDependsOnStalls:
      return "depends on stalls";
    case PairVerdict::kUndecided:
      break;
  }
  return "undecided";
}

PairVerdict decide(const Interval& typical, const Interval& overall, int incarnations,
                   const DecisionRule& rule) {
  const double low = 1 / (1 + rule.margin);
  const double high = 1 + rule.margin;
  if (incarnations < rule.min_incarnations) return PairVerdict::kUndecided;
  if (typical.hi < low) {
    return overall.value < 1 ? PairVerdict::kFaster : PairVerdict::kDependsOnStalls;
  }
  if (typical.lo > high) {
    return overall.value > 1 ? PairVerdict::kSlower : PairVerdict::kDependsOnStalls;
  }
  if (typical.lo >= low && typical.hi <= high) {
    const bool contradicted = overall.hi < low || overall.lo > high;
    return contradicted ? PairVerdict::kDependsOnStalls : PairVerdict::kEquivalent;
  }
  return PairVerdict::kUndecided;
}

}  // namespace handoff
