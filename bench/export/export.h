// Results in the formats of other tools. Each is made from result files alone, in one small file.
//
//   csv                a row a cell (or a slice, or a change): for spreadsheets and data frames
//   markdown           the verdict tables: for job summaries and comments
//   bigger-is-better   customBiggerIsBetter of github-action-benchmark
//   bmf                Bencher Metric Format, with lower and upper values
//   junit              failed deliveries and regressions as failed tests
//
// A cell that failed has no speed, so it appears in none of them as a fast one: formats that know
// only numbers leave it out, csv and junit say what it failed with.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace handoff {

using Json = nlohmann::json;

/// What an export is made from: results.json of a run, or comparison.json of compare or gate.
struct ExportInput {
  Json results;
  std::vector<Json> journal;  // lines; only where slices are asked for

  bool is_comparison() const { return results.contains("changes"); }
};

void export_cells_csv(std::ostream& out, const ExportInput& input);
void export_slices_csv(std::ostream& out, const ExportInput& input);
void export_changes_csv(std::ostream& out, const ExportInput& input);
void export_markdown(std::ostream& out, const ExportInput& input);
void export_bigger_is_better(std::ostream& out, const ExportInput& input);
void export_bmf(std::ostream& out, const ExportInput& input);
void export_junit(std::ostream& out, const ExportInput& input);

/// Calls `use(point, cell)` for every cell that delivered and has a speed. Controls are no results
/// of their own.
template <class Use>
void for_each_speed(const Json& results, const Use& use) {
  for (const Json& point : results.at("points")) {
    for (const Json& cell : point.at("cells")) {
      if (cell.at("role") == "control") continue;
      if (cell.at("verdict") == "delivered" && cell.at("ns_per_item").is_object()) use(point, cell);
    }
  }
}

/// "1:1 64B / mutex_queue": what a cell is called where there is one name only.
inline std::string export_name(const Json& point, const Json& cell) {
  return point.at("id").get<std::string>() + " / " + cell.at("label").get<std::string>();
}

}  // namespace handoff
