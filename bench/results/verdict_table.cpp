#include "bench/results/verdict_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/plan/plan.h"
#include "bench/results/mechanisms.h"
#include "bench/results/text_table.h"

namespace handoff {

using Json = nlohmann::json;

namespace {

using Row = std::vector<std::string>;

constexpr const char* kMechanismHeading = "What the mechanism costs";

TextTable empty_table() {
  return TextTable({{"strategy", false},
                    {"ns/item", true},
                    {"95% interval", true},
                    {"overall", true},
                    {"items/s", true},
                    {"CPU/item", true},
                    {"time ratio", true},
                    {"verdict", false}});
}

std::string optional_ns(const Json& value) {
  return value.is_number() ? human_ns(value.get<double>()) : "";
}

std::string range(const Json& interval) {
  if (!interval.is_object() || !interval["lo"].is_number() || !interval["hi"].is_number())
    return "";
  return fmt::format("{} … {}", human_ns(interval["lo"]), human_ns(interval["hi"]));
}

const Json* ratio_of(const Json& point, const std::string& label) {
  for (const Json& ratio : point["ratios"]) {
    const bool control = label == kControlLabel;  // compared with the cell that it repeats
    if (ratio["label"] == label && (control || ratio["to"] == point["leader"])) return &ratio;
  }
  return nullptr;
}

double number(const Json& value) { return value.is_number() ? value.get<double>() : NAN; }

std::string shown_ratio(const Json* ratio) {
  if (ratio == nullptr || !(*ratio)["median"].is_number()) return "";
  return ratio_text((*ratio)["median"], number((*ratio)["lo"]), number((*ratio)["hi"]));
}

/// A reason can be long; results.json has all of it.
std::string shortened(const std::string& text) {
  constexpr std::size_t kMost = 120;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "…";
}

std::string verdict_text(const Json& point, const Json& cell) {
  const std::string verdict = cell["verdict"];
  if (verdict == "unsupported") return "unsupported: " + cell["reason"].get<std::string>();
  if (verdict != "delivered") {
    std::string loud = verdict;
    std::transform(loud.begin(), loud.end(), loud.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return loud + ": " + shortened(cell["reason"]);
  }
  if (!cell["reason"].get<std::string>().empty()) return cell["reason"];
  if (cell["role"] == "reference") return "reference";
  if (cell["role"] == "control") return "control: identical code (A/A)";
  if (cell["label"] == point["leader"]) return "leader";
  const Json* ratio = ratio_of(point, cell["label"]);
  return ratio == nullptr ? "not measured" : (*ratio)["verdict"].get<std::string>();
}

/// In what a candidate differs from the heading of its point: it is not bound, or waits in its own
/// way.
std::string set_apart(const Json& point, const Json& cell) {
  if (cell["role"] != "candidate" || !cell["ns_per_item"].is_object()) return {};
  std::string words;
  if (point["binding"]["bound"] && !cell["bound"]) words += ", not bound";
  if (cell.value("waits_itself", false)) words += ", waits its own way";
  return words;
}

Row row_for(const Json& point, const Json& cell) {
  Row row(8);
  row[0] = cell["label"];
  if (cell["ns_per_item"].is_object()) {
    row[1] = optional_ns(cell["ns_per_item"]["median"]);
    row[2] = range(cell["ns_per_item"]);
    row[3] = optional_ns(cell["overall_ns_per_item"]["value"]);
    row[4] = human_rate(cell["items_per_second"]);
    row[5] = optional_ns(cell["cpu_ns_per_item"]);
  }
  if (cell["label"] == point["leader"]) {
    row[6] = "1";
  } else if (cell["role"] != "reference") {
    row[6] = shown_ratio(ratio_of(point, cell["label"]));
  }
  row[7] = verdict_text(point, cell) + set_apart(point, cell);
  return row;
}

TextTable table_of(const Json& point) {
  TextTable table = empty_table();
  for (const Json& cell : point["cells"]) table.add(row_for(point, cell));
  return table;
}

std::string heading(const Json& point) {
  const Json& workload = point["workload"];
  std::string text =
      fmt::format("{} — capacity {}, {}", point["id"].get<std::string>(),
                  workload["capacity"].get<int>(), workload["transfer"].get<std::string>());
  const auto wait = *wait_named(workload["wait"].get<std::string>());
  text += wait == Wait::kBlock  ? ", waits sleep"
          : wait == Wait::kSpin ? ", waits spin"
                                : fmt::format(", waits spin {} then sleep",
                                              human_ns(workload["spin_ns"].get<double>()));
  const Json& binding = point["binding"];
  if (binding["bound"]) {
    text +=
        fmt::format(", bound to CPUs {}", fmt::join(binding["cpus"].get<std::vector<int>>(), ","));
  } else {
    text += ", not bound";
  }
  if (binding["oversubscribed"]) text += ", oversubscribed";
  if (point["floor_ns"].is_object() && point["floor_ns"]["median"].is_number()) {
    text += fmt::format(", cache-line transfer {}", human_ns(point["floor_ns"]["median"]));
  }
  return text;
}

/// The sentences below a point's table.
std::vector<std::string> sentences_of(const Json& point) {
  return point.value("sentences", std::vector<std::string>{});
}

/// The sentences below all tables.
std::vector<std::string> sentences_of_run(const Json& results) {
  const Json& context = results.at("context");
  std::vector<std::string> sentences;
  for (const auto& [key, words] : {std::pair{"control", "A/A control: "},
                                   {"between_runs", ""},
                                   {"longest_life", ""},
                                   {"outlook", ""}}) {
    if (!context.contains(key) || !context.at(key).is_object()) continue;
    sentences.push_back(words + context.at(key).at("sentence").get<std::string>());
  }
  if (context.contains("level")) sentences.push_back(context.at("level"));
  return sentences;
}

}  // namespace

void print_verdicts(std::ostream& out, const Json& results) {
  for (const Json& point : results["points"]) {
    out << heading(point) << '\n';
    table_of(point).print(out);
    for (const std::string& sentence : sentences_of(point)) out << "  " << sentence << '\n';
    out << '\n';
  }
  if (const std::vector<std::string> lines = mechanism_lines(results); !lines.empty()) {
    out << kMechanismHeading << '\n';
    for (const std::string& line : lines) out << "  " << line << '\n';
    out << '\n';
  }
  for (const std::string& sentence : sentences_of_run(results)) out << sentence << '\n';
  for (const Json& sentence : results.at("context").at("dropped")) {
    out << "not measured: " << sentence.get<std::string>() << '\n';
  }
}

std::string summary_markdown(const Json& results) {
  const Json& context = results.at("context");
  std::string text = fmt::format(
      "# handoff: {}\n"
      "\n"
      "{} suite, {}, {} incarnations, {:.0f} s, seed {}. A time ratio is the time of a strategy "
      "divided by the time of the leader of the point: above 1 is slower. The 95 % intervals hold "
      "for all candidates of a point together.\n",
      context.value("date", ""), context.value("suite", ""), context.value("status", ""),
      context.value("incarnations", 0), context.value("spent_s", 0.0), context.at("seed").dump());
  for (const Json& point : results["points"]) {
    text += "\n## " + heading(point) + "\n\n";
    text += table_of(point).markdown();
    for (const std::string& sentence : sentences_of(point)) text += "\n" + sentence + ".\n";
  }
  if (const std::vector<std::string> lines = mechanism_lines(results); !lines.empty()) {
    text += fmt::format("\n## {}\n\n", kMechanismHeading);
    for (const std::string& line : lines) text += "- " + line + "\n";
  }
  text += "\n";
  for (const std::string& sentence : sentences_of_run(results)) text += "- " + sentence + "\n";
  if (const Json& dropped = context.at("dropped"); dropped.is_array() && !dropped.empty()) {
    text += "\n## Not measured\n\n";
    for (const Json& sentence : dropped) text += "- " + sentence.get<std::string>() + "\n";
  }
  if (const Json& warnings = context.at("environment").at("warnings"); !warnings.empty()) {
    text += "\n## Warnings\n\n";
    for (const Json& warning : warnings) {
      text += fmt::format("- {} {}\n", warning["what"].get<std::string>(),
                          warning["remedy"].get<std::string>());
    }
  }
  return text;
}

}  // namespace handoff
