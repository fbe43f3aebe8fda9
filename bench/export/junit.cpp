// JUnit XML: a test suite per point, a test case per cell or change. A failed delivery and a
// regression are failures; an unsupported workload and an undecided comparison are skipped.
// Source: the schema that Jenkins and GitLab read.
#include <fmt/format.h>

#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "bench/export/export.h"

namespace handoff {

namespace {

std::string xml_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:  // XML does not allow control characters
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

struct Case {
  std::string name, outcome;  // outcome: an element, empty if it passed
};

std::string failure(const std::string& type, const std::string& message) {
  return fmt::format("<failure type=\"{}\" message=\"{}\"/>", xml_escaped(type),
                     xml_escaped(message));
}

std::string skipped(const std::string& message) {
  return fmt::format("<skipped message=\"{}\"/>", xml_escaped(message));
}

std::string outcome_of_cell(const Json& cell) {
  const std::string verdict = cell.at("verdict"), reason = cell.at("reason");
  if (verdict == "delivered") return "";
  return verdict == "unsupported" ? skipped(reason) : failure(verdict, reason);
}

std::string outcome_of_change(const Json& change) {
  const std::string verdict = change.at("verdict"), reason = change.at("reason");
  if (change.at("regression")) {
    if (!change.at("ratio").is_object()) return failure("failed delivery", reason);
    const Json& ratio = change.at("ratio");
    return failure("regression",
                   fmt::format("{:.3f} times the time of base [{:.3f}, {:.3f}]",
                               ratio.at("median").get<double>(), ratio.at("lo").get<double>(),
                               ratio.at("hi").get<double>()));
  }
  if (verdict == "failed") return failure(verdict, reason);
  if (verdict == "undecided" || verdict == "unsupported") {
    return skipped(reason.empty() ? verdict : reason);
  }
  return "";
}

}  // namespace

void export_junit(std::ostream& out, const ExportInput& input) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<Case>> suites;  // by point
  const auto add = [&](const std::string& point, Case one) {
    if (!suites.contains(point)) order.push_back(point);
    suites[point].push_back(std::move(one));
  };
  if (input.is_comparison()) {
    for (const Json& change : input.results.at("changes")) {
      add(change.at("point"), {change.at("label"), outcome_of_change(change)});
    }
  } else {
    for (const Json& point : input.results.at("points")) {
      for (const Json& cell : point.at("cells")) {
        add(point.at("id"), {cell.at("label"), outcome_of_cell(cell)});
      }
    }
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"handoff\">\n";
  for (const std::string& point : order) {
    std::string cases;
    int failures = 0, skips = 0;
    for (const auto& [name, outcome] : suites[point]) {
      failures += outcome.starts_with("<failure") ? 1 : 0;
      skips += outcome.starts_with("<skipped") ? 1 : 0;
      cases += fmt::format("    <testcase classname=\"handoff.{}\" name=\"{}\">{}</testcase>\n",
                           xml_escaped(point), xml_escaped(name), outcome);
    }
    out << fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n{}  "
        "</testsuite>\n",
        xml_escaped(point), suites[point].size(), failures, skips, cases);
  }
  out << "</testsuites>\n";
}

}  // namespace handoff
