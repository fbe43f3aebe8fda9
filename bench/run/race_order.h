// Which point a race visits next. In this order:
//
//  1. points that the plan begins with, in turn, until each has had its first look;
//  2. undecided points that one or two more looks will probably decide;
//  3. later points, one after the other, while there is time for a first look;
//  4. undecided points that more incarnations can decide at all;
//  5. later points that resemble points which stayed undecided: the same payload, and, if there are
//     such points, also oversubscribed or also not;
//  6. points that stay undecided whatever the number of incarnations: their intervals get narrower.
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
  /// `visit_s`: the duration of a visit of a point, seconds.
  RaceOrder(const Plan& plan, const RunRecord& record, std::function<double(int point)> visit_s);

  /// The next visit that fits into `left_s`; none if the race is over.
  std::optional<Visit> next(double left_s);

 private:
  int passes(int point) const;
  bool due(int point) const;
  std::optional<Visit> pick(double left_s, const std::function<bool(int)>& wanted) const;
  /// Whether all similar points are undecided and will probably stay so.
  bool resembles_open_ones(int point) const;
  void let_a_later_point_join(double left_s, bool even_like_open_ones);

  const Plan& plan_;
  const RunRecord& record_;
  std::function<double(int)> visit_s_;
  std::set<int> begun_;
};

}  // namespace handoff
