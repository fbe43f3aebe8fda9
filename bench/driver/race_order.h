// Which point a race visits next.
//
// First every point that the plan begins with is brought to its first look, in turn. Then what the
// next look is likely to decide. Then, while time is left for their first looks, later points join,
// last those of a payload at which the best have turned out too close to be told apart elsewhere.
// Then what is open is visited in turn: first where more incarnations can decide, then where they
// can only make intervals narrower.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "bench/driver/plan.h"
#include "bench/driver/record.h"

namespace handoff {

struct Visit {
  int point, pass;
};

class RaceOrder {
 public:
  /// `visit_s`: what a visit of a point takes, seconds.
  RaceOrder(const Plan& plan, const RunRecord& record, std::function<double(int point)> visit_s);

  /// A visit that fits into `left_s`; none: the race is over.
  std::optional<Visit> next(double left_s);

 private:
  int passes(int point) const;
  bool due(int point) const;
  std::optional<Visit> pick(double left_s, const std::function<bool(int)>& wanted) const;
  /// Whether no number of incarnations would tell the best apart at a point of the same payload.
  bool resembles_a_tie(int point) const;
  void let_later_points_join(double left_s);

  const Plan& plan_;
  const RunRecord& record_;
  std::function<double(int)> visit_s_;
  std::set<int> begun_;
};

}  // namespace handoff
