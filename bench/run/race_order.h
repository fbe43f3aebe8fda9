// Which point a race visits next.
//
// First every point that the plan begins with is brought to its first look, in turn. Then what is
// likely to be decided by a look or two. Then, while time is left for their first looks, later
// points join, one after the other. Then what is open is visited in turn where more incarnations
// can decide. Then points join that resemble those which stayed open: of the same payload (and,
// where there are such, as much in want of CPUs). Last come points that more incarnations can only
// make narrower.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "bench/plan/plan.h"
#include "bench/results/record.h"

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
  /// Whether nothing has been decided, nor is likely to be, at points like this one.
  bool resembles_open_ones(int point) const;
  void let_a_later_point_join(double left_s, bool even_like_open_ones);

  const Plan& plan_;
  const RunRecord& record_;
  std::function<double(int)> visit_s_;
  std::set<int> begun_;
};

}  // namespace handoff
