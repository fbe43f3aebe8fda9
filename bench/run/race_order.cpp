#include "bench/run/race_order.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace handoff {

namespace {
constexpr double kMargin = 1.15;  // in reserve: a point without its first look has wasted its time
constexpr double kLikely = 4;  // points that need at most so many times the incarnations come first
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

// Of the wanted points, one with the fewest passes.
std::optional<Visit> RaceOrder::pick(double left_s, const std::function<bool(int)>& wanted) const {
  for (int round = 0; round < plan_.incarnations; ++round) {
    for (const int point : visit_order(plan_, round)) {
      if (passes(point) != round || !due(point) || !wanted(point)) continue;
      if (visit_s_(point) > left_s) continue;
      int pass = 0;  // the first that is not done; after an interruption there may be a gap
      while (record_.point(point).passes_done.contains(pass)) ++pass;
      return Visit{point, pass};
    }
  }
  return std::nullopt;
}

bool RaceOrder::resembles_open_ones(int point) const {
  const PointPlan& own = plan_.points[static_cast<std::size_t>(point)];
  const auto resembles = [&](bool in_room_too) {
    std::optional<bool> open;
    for (const int other : begun_) {
      const PointPlan& plan = plan_.points[static_cast<std::size_t>(other)];
      const bool alike =
          plan.workload.payload == own.workload.payload &&
          (!in_room_too || plan.placement.oversubscribed == own.placement.oversubscribed);
      if (!alike || passes(other) < plan_.looks.front()) continue;
      const std::optional<double>& needs = record_.point(other).needs;
      open = open.value_or(true) && (!needs || *needs > kLikely);
    }
    return open;
  };
  const std::optional<bool> nearest = resembles(true);
  return nearest ? *nearest : resembles(false).value_or(false);
}

void RaceOrder::let_a_later_point_join(double left_s, bool even_like_open_ones) {
  for (int point = 0; point < std::ssize(plan_.points); ++point) {
    if (begun_.contains(point) || (!even_like_open_ones && resembles_open_ones(point))) continue;
    if (kMargin * visit_s_(point) * plan_.looks.front() > left_s) continue;
    begun_.insert(point);
    return;
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
      return begun_.contains(point) && needs && *needs <= factor &&
             passes(point) < plan_.looks.back();
    };
  };
  if (const auto visit = pick(left_s, needs_at_most(kLikely))) return visit;
  let_a_later_point_join(left_s, false);
  if (const auto visit = pick(left_s, unseen)) return visit;
  if (const auto visit = pick(left_s, needs_at_most(kEver))) return visit;
  let_a_later_point_join(left_s, true);
  if (const auto visit = pick(left_s, unseen)) return visit;
  return pick(left_s, [this](int point) { return begun_.contains(point); });
}

}  // namespace handoff
