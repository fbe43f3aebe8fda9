#include "bench/results/control.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/results/results_json.h"

namespace handoff {

std::optional<PairEstimate> control_pair(const PointPlan& point, const PointRecord& record) {
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    const CellRecord& control = record.cells[i];
    if (!point.cells[i].control || control.twin < 0 || !control.outcome.good()) continue;
    if (!record.cells[static_cast<std::size_t>(control.twin)].outcome.good()) continue;
    const PairEstimate pair = estimate_named_pair(
        record.samples, static_cast<int>(point.cells.size()), static_cast<int>(i), {control.twin});
    if (pair.incarnations > 1) return pair;
  }
  return std::nullopt;
}

Json control_json(const Plan& plan, const RunRecord& record) {
  Json points = Json::array();
  double most = 0;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const PointPlan& point = plan.points[i];
    const auto pair = control_pair(point, record.point(static_cast<int>(i)));
    if (!pair) continue;
    most = std::max(most, std::abs(std::log(pair->typical.value)));
    points.push_back({{"id", point.id},
                      {"strategy", point.cells[static_cast<std::size_t>(pair->to)].strategy},
                      {"ratio", interval_json(pair->typical, "median")},
                      {"incarnations", pair->incarnations}});
  }
  if (points.empty()) return nullptr;
  const std::string sentence = fmt::format(
      "identical code differed by up to {:.1f} % in this run ({} point{}); smaller differences are "
      "not meaningful",
      100 * std::expm1(most), points.size(), points.size() == 1 ? "" : "s");
  return {{"points", std::move(points)}, {"sentence", sentence}};
}

}  // namespace handoff
