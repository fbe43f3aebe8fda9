#include "bench/driver/race_order.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace handoff {

namespace {
constexpr double kMargin = 1.15;  // a point that does not come to its first look has cost time only
constexpr double kNextLook = 2;   // times as many incarnations: looks double
constexpr double kEver = std::numeric_limits<double>::infinity();
}  // namespace

RaceOrder::RaceOrder(const Plan& plan, const RunRecord& record, std::function<double(int)> visit_s)
    : plan_(plan), record_(record), visit_s_(std::move(visit_s)) {
  for (int point = 0; point < std::ssize(plan.points); ++point) {
    const bool later = plan.points[static_cast<std::size_t>(point)].later;
    if (!later || passes(point) > 0) begun_.insert(point);
  }
}

int RaceOrder::passes(int point) const {
  return static_cast<int>(record_.point(point).passes_done.size());
}

bool RaceOrder::due(int point) const {
  const PointPlan& plan = plan_.points[static_cast<std::size_t>(point)];
  return plan.blocks > 0 && !record_.point(point).stopped && passes(point) < plan.incarnations;
}

// Of those wanted, one with the fewest passes.
std::optional<Visit> RaceOrder::pick(double left_s, const std::function<bool(int)>& wanted) const {
  for (int round = 0; round < plan_.incarnations; ++round) {
    for (const int point : visit_order(plan_, round)) {
      if (passes(point) != round || !due(point) || !wanted(point)) continue;
      if (visit_s_(point) > left_s) continue;
      int pass = 0;  // the first that is not done: after an interruption one may be missing
      while (record_.point(point).passes_done.contains(pass)) ++pass;
      return Visit{point, pass};
    }
  }
  return std::nullopt;
}

bool RaceOrder::resembles_a_tie(int point) const {
  const auto payload = [this](int of) {
    return plan_.points[static_cast<std::size_t>(of)].workload.payload;
  };
  return std::any_of(begun_.begin(), begun_.end(), [&](int other) {
    return payload(other) == payload(point) && passes(other) >= plan_.looks.front() &&
           !record_.point(other).needs;
  });
}

void RaceOrder::let_later_points_join(double left_s) {
  std::vector<int> later;
  for (int point = 0; point < std::ssize(plan_.points); ++point) {
    if (!begun_.contains(point)) later.push_back(point);
  }
  std::stable_partition(later.begin(), later.end(),
                        [this](int point) { return !resembles_a_tie(point); });
  for (const int point : later) {
    const double needed_s = kMargin * visit_s_(point) * plan_.looks.front();
    if (needed_s > left_s) continue;
    begun_.insert(point);
    left_s -= needed_s;
  }
}

std::optional<Visit> RaceOrder::next(double left_s) {
  const auto unseen = [this](int point) {
    return begun_.contains(point) && passes(point) < plan_.looks.front();
  };
  if (const auto visit = pick(left_s, unseen)) return visit;
  const auto needs_at_most = [this](double factor) {
    return [this, factor](int point) {
      const std::optional<double> needs = record_.point(point).needs;
      return begun_.contains(point) && needs && *needs <= factor;
    };
  };
  if (const auto visit = pick(left_s, needs_at_most(kNextLook))) return visit;
  let_later_points_join(left_s);
  if (const auto visit = pick(left_s, unseen)) return visit;
  if (const auto visit = pick(left_s, needs_at_most(kEver))) return visit;
  return pick(left_s, [this](int point) { return begun_.contains(point); });
}

}  // namespace handoff
