// customBiggerIsBetter: an array of {name, unit, value, range, extra}.
// Source: github-action-benchmark, README, "Run your own benchmark tool".
#include <fmt/format.h>

#include <algorithm>
#include <ostream>

#include "bench/export/export.h"

namespace handoff {

void export_bigger_is_better(std::ostream& out, const ExportInput& input) {
  Json entries = Json::array();
  for_each_speed(input.results, [&](const Json& point, const Json& cell) {
    const Json& ns = cell.at("ns_per_item");
    Json entry{{"name", export_name(point, cell)},
               {"unit", "items/s"},
               {"value", cell.at("items_per_second")},
               {"extra", fmt::format("{} slices in {} incarnations, {} items proved",
                                     cell.at("slices").dump(), cell.at("incarnations").dump(),
                                     cell.at("items").dump())}};
    if (ns.at("lo").is_number() && ns.at("hi").is_number()) {
      const double half = (1e9 / ns.at("lo").get<double>() - 1e9 / ns.at("hi").get<double>()) / 2;
      entry["range"] = fmt::format("± {:.0f}", half);
    }
    entries.push_back(std::move(entry));
  });
  out << entries.dump(2) << '\n';
}

}  // namespace handoff
