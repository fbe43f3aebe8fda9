// RFC 4180: fields in quotes where necessary, one header line, missing values empty.
#include <fmt/format.h>

#include <ostream>
#include <string>

#include "bench/export/export.h"

namespace handoff {

namespace {

std::string field(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  std::string text = value;
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '"');
  }
  return '"' + text + '"';
}

void write_row(std::ostream& out, const std::vector<std::string>& fields) {
  out << fmt::format("{}\r\n", fmt::join(fields, ","));
}

/// A member of an object, or null if there is none.
Json part(const Json& of, const char* key) {
  return of.is_object() ? of.value(key, Json()) : Json();
}

const char* const kWorkload[] = {"producers", "consumers", "payload", "capacity",
                                 "transfer",  "wait",      "spin_ns"};
const char* const kNumbers[] = {"stall_share",
                                "items_per_second",
                                "bytes_per_second",
                                "cpu_ns_per_item",
                                "voluntary_switches_per_item",
                                "involuntary_switches_per_item",
                                "run_delay_ns_per_item",
                                "peak_memory_bytes",
                                "slowest_lane_share",
                                "fastest_lane_share",
                                "fill_share",
                                "floor_multiple",
                                "parked_cpu_share",
                                "slices",
                                "incarnations",
                                "items"};

Json ratio_to_leader(const Json& point, const Json& cell) {
  for (const Json& ratio : point.at("ratios")) {
    if (ratio.at("label") == cell.at("label") && ratio.at("to") == point.at("leader")) return ratio;
  }
  return {};
}

}  // namespace

void export_cells_csv(std::ostream& out, const ExportInput& input) {
  std::vector<std::string> head{"point"};
  head.insert(head.end(), std::begin(kWorkload), std::end(kWorkload));
  for (const char* name :
       {"label", "strategy", "role", "verdict", "reason", "ns_per_item", "ns_per_item_lo",
        "ns_per_item_hi", "overall_ns_per_item", "overall_ns_per_item_lo", "overall_ns_per_item_hi",
        "ratio_to_leader", "ratio_to_leader_lo", "ratio_to_leader_hi", "pair_verdict"}) {
    head.emplace_back(name);
  }
  head.insert(head.end(), std::begin(kNumbers), std::end(kNumbers));
  write_row(out, head);
  for (const Json& point : input.results.at("points")) {
    for (const Json& cell : point.at("cells")) {
      std::vector<std::string> row{field(point.at("id"))};
      for (const char* key : kWorkload) row.push_back(field(point.at("workload").at(key)));
      for (const char* key : {"label", "strategy", "role", "verdict", "reason"}) {
        row.push_back(field(cell.at(key)));
      }
      const Json ratio = ratio_to_leader(point, cell);
      for (const auto& [of, first] :
           {std::pair{cell.at("ns_per_item"), "median"},
            std::pair{cell.at("overall_ns_per_item"), "value"}, std::pair{ratio, "median"}}) {
        for (const char* key : {first, "lo", "hi"}) row.push_back(field(part(of, key)));
      }
      row.push_back(field(part(ratio, "verdict")));
      for (const char* key : kNumbers) row.push_back(field(cell.at(key)));
      write_row(out, row);
    }
  }
}

void export_changes_csv(std::ostream& out, const ExportInput& input) {
  write_row(out, {"point", "label", "strategy", "ratio", "ratio_lo", "ratio_hi", "verdict",
                  "regression", "reason"});
  for (const Json& change : input.results.at("changes")) {
    std::vector<std::string> row;
    for (const char* key : {"point", "label", "strategy"}) row.push_back(field(change.at(key)));
    for (const char* key : {"median", "lo", "hi"}) {
      row.push_back(field(part(change.at("ratio"), key)));
    }
    for (const char* key : {"verdict", "regression", "reason"}) {
      row.push_back(field(change.at(key)));
    }
    write_row(out, row);
  }
}

void export_slices_csv(std::ostream& out, const ExportInput& input) {
  const Json& head = input.journal.at(0);
  std::vector<std::string> columns{"point", "label", "pass", "block", "group"};
  const auto& names = head.at("slice_columns");
  for (std::size_t i = 1; i < names.size(); ++i)
    columns.push_back(names[i]);  // 0 is the cell's index
  write_row(out, columns);
  for (const Json& line : input.journal) {
    if (line.value("t", "") != "block") continue;
    const Json& point = head.at("plan").at("points").at(line.at("point").get<std::size_t>());
    for (const Json& slice : line.at("slices")) {
      const Json& cell = point.at("cells").at(slice.at(0).get<std::size_t>());
      std::vector<std::string> row{field(point.at("id")), field(cell.at("label"))};
      for (const char* key : {"pass", "block", "group"}) row.push_back(field(line.at(key)));
      for (std::size_t i = 1; i < slice.size(); ++i) row.push_back(field(slice[i]));
      write_row(out, row);
    }
  }
}

}  // namespace handoff
