// Whether HEAD is a regression against BASE, at one point, from slices of the same blocks.
//
// BASE runs twice, the second time as an A/A control, and HEAD is compared with the mean of both.
//
// Regression: the change's lower bound lies beyond the margin and beyond what the control shows of
// identical code, its value at or beyond the threshold, and all time over all items agrees. None:
// the upper bound lies below the threshold. Undecided: all else, and fewer than 8 incarnations.
//
// Units: ratios are plain (head's time over base's; above 1: head is slower), margins are shares.
#pragma once

#include "bench/stats/estimate.h"

namespace handoff {

enum class GateVerdict : std::uint8_t { kNone, kRegression, kUndecided };
std::string_view name(GateVerdict verdict);  // "none", "regression", "undecided"

struct GateRule {
  double threshold = 0.05;   // a slowdown of so much is a regression
  double margin = 0.02;      // and one of so much must be certain
  double confidence = 0.95;  // over all comparisons and looks together
  int comparisons = 1;       // points of the gate
  int looks = 1;             // of which each spends an equal part of alpha
};

/// Cell indexes of a point of a gate.
struct GateCells {
  int base = 0, head = 1, control = 2;
};

struct GateEstimate {
  PairEstimate change;   // head over the mean of both bases
  PairEstimate control;  // control over base
  GateVerdict verdict = GateVerdict::kUndecided;
};

GateEstimate judge(const PointSamples& samples, int cell_count, const GateCells& cells,
                   const GateRule& rule);

}  // namespace handoff
