// Results in the formats of other tools, one source file per format, made from result files only.
//
//   csv                one row per cell (or slice, or change): for spreadsheets and data frames
//   markdown           the verdict tables: for job summaries and comments
//   bigger-is-better   customBiggerIsBetter of github-action-benchmark
//   bmf                Bencher Metric Format, with lower and upper values
//   junit              failed deliveries and regressions as failed tests
//
// A cell that failed has no speed. Formats that hold only numbers leave it out; csv, markdown and
// junit name the failure.
#pragma once

#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace handoff {

using Json = nlohmann::json;

/// The input of an export: results.json of a run, or comparison.json of compare or gate.
struct ExportInput {
  Json results;
  std::vector<Json> journal;  // its lines; only if slices are exported

  bool is_comparison() const { return results.contains("changes"); }
};

void export_cells_csv(std::ostream& out, const ExportInput& input);
void export_slices_csv(std::ostream& out, const ExportInput& input);
void export_changes_csv(std::ostream& out, const ExportInput& input);
void export_markdown(std::ostream& out, const ExportInput& input);
void export_bigger_is_better(std::ostream& out, const ExportInput& input);
void export_bmf(std::ostream& out, const ExportInput& input);
void export_junit(std::ostream& out, const ExportInput& input);

/// Calls `use(point, cell)` for every cell that delivered and has a speed, except controls.
template <class Use>
void for_each_speed(const Json& results, const Use& use) {
  for (const Json& point : results.at("points")) {
    for (const Json& cell : point.at("cells")) {
      if (cell.at("role") == "control") continue;
      if (cell.at("verdict") == "delivered" && cell.at("ns_per_item").is_object()) use(point, cell);
    }
  }
}

/// "1:1 64B / mutex_queue": the name of a cell in formats with a single name.
inline std::string export_name(const Json& point, const Json& cell) {
  return point.at("id").get<std::string>() + " / " + cell.at("label").get<std::string>();
}

}  // namespace handoff
