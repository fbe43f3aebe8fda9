#include "bench/driver/verdict_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "bench/driver/plan.h"

namespace handoff {

namespace {

using Json = nlohmann::json;
using Row = std::array<std::string, 8>;

const Row kHead{"strategy", "ns/item",  "95% interval", "overall",
                "items/s",  "CPU/item", "time ratio",   "verdict"};
constexpr std::array<bool, 8> kRightAligned{false, true, true, true, true, true, true, false};

std::string three_digits(double value, const char* unit) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return fmt::format("{:.{}f}{}", value, decimals, unit);
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
    const bool control = label == kControlLabel;  // compared with what it repeats, leader or not
    if (ratio["label"] == label && (control || ratio["to"] == point["leader"])) return &ratio;
  }
  return nullptr;
}

std::string ratio_text(const Json* ratio) {
  if (ratio == nullptr || !(*ratio)["median"].is_number()) return "";
  const double median = (*ratio)["median"];
  if (!(*ratio)["lo"].is_number() || !(*ratio)["hi"].is_number()) {
    return fmt::format("{:.2f}×", median);
  }
  // Enough decimals to see the interval.
  const double half = ((*ratio)["hi"].get<double>() - (*ratio)["lo"].get<double>()) / 2;
  const int decimals =
      half > 0 ? std::clamp(static_cast<int>(-std::floor(std::log10(half))), 2, 4) : 2;
  return fmt::format("{0:.{3}f}× [{1:.{3}f}, {2:.{3}f}]", median, (*ratio)["lo"].get<double>(),
                     (*ratio)["hi"].get<double>(), decimals);
}

/// A reason can be long; the whole of it stands in results.json.
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
  if (cell["role"] == "reference") return "reference";
  if (cell["role"] == "control") return "control: identical code (A/A)";
  if (cell["label"] == point["leader"]) return "leader";
  const Json* ratio = ratio_of(point, cell["label"]);
  return ratio == nullptr ? "not measured" : (*ratio)["verdict"].get<std::string>();
}

Row row_for(const Json& point, const Json& cell) {
  Row row;
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
    row[6] = ratio_text(ratio_of(point, cell["label"]));
  }
  row[7] = verdict_text(point, cell);
  return row;
}

/// Characters, not bytes: UTF-8 continuation bytes take no room.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string heading(const Json& point) {
  const Json& workload = point["workload"];
  std::string text =
      fmt::format("{} — capacity {}, {}", point["id"].get<std::string>(),
                  workload["capacity"].get<int>(), workload["transfer"].get<std::string>());
  const Json& binding = point["binding"];
  if (binding["bound"]) {
    text +=
        fmt::format(", bound to CPUs {}", fmt::join(binding["cpus"].get<std::vector<int>>(), ","));
  } else {
    text += ", not bound";
  }
  if (binding["oversubscribed"]) text += ", oversubscribed";
  if (point["floor_ns"].is_object() && point["floor_ns"]["median"].is_number()) {
    text += fmt::format(", a cache line takes {}", human_ns(point["floor_ns"]["median"]));
  }
  return text;
}

std::string control_sentence(const Json& results) {
  const Json& context = results.at("context");
  if (!context.contains("control") || !context.at("control").is_object()) return {};
  return context.at("control").at("sentence");
}

}  // namespace

std::string human_ns(double ns) {
  if (ns < 1e3) return three_digits(ns, " ns");
  if (ns < 1e6) return three_digits(ns / 1e3, " µs");
  if (ns < 1e9) return three_digits(ns / 1e6, " ms");
  return three_digits(ns / 1e9, " s");
}

std::string human_rate(double per_second) {
  if (per_second >= 1e9) return three_digits(per_second / 1e9, " G");
  if (per_second >= 1e6) return three_digits(per_second / 1e6, " M");
  if (per_second >= 1e3) return three_digits(per_second / 1e3, " k");
  return three_digits(per_second, "");
}

void print_verdicts(std::ostream& out, const Json& results) {
  for (const Json& point : results["points"]) {
    std::vector<Row> rows{kHead};
    for (const Json& cell : point["cells"]) rows.push_back(row_for(point, cell));
    std::array<std::size_t, 8> widths{};
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    out << heading(point) << '\n';
    for (const Row& row : rows) {
      out << ' ';
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string pad(widths[i] - width(row[i]), ' ');
        out << ' '
            << (kRightAligned[i]      ? pad + row[i]
                : i + 1 == row.size() ? row[i]
                                      : row[i] + pad)
            << ' ';
      }
      out << '\n';
    }
    out << '\n';
  }
  if (const std::string control = control_sentence(results); !control.empty()) {
    out << "A/A control: " << control << '\n';
  }
  for (const Json& sentence : results.at("context").at("dropped")) {
    out << "not measured: " << sentence.get<std::string>() << '\n';
  }
}

std::string summary_markdown(const Json& results) {
  const Json& context = results.at("context");
  std::string text = fmt::format(
      "# handoff: {}\n\n{} suite, {}, {} incarnations, {:.0f} s, seed {}. Time ratios are to the "
      "leader of the point, with simultaneous 95 % intervals; above 1 is slower.\n",
      context.value("date", ""), context.value("suite", ""), context.value("status", ""),
      context.value("incarnations", 0), context.value("spent_s", 0.0), context.at("seed").dump());
  for (const Json& point : results["points"]) {
    text += "\n## " + heading(point) + "\n\n";
    std::vector<Row> rows{kHead};
    for (const Json& cell : point["cells"]) rows.push_back(row_for(point, cell));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      text += fmt::format("| {} |\n", fmt::join(rows[i], " | "));
      if (i == 0) text += "| --- | --: | --: | --: | --: | --: | --: | --- |\n";
    }
  }
  if (const std::string control = control_sentence(results); !control.empty()) {
    text += "\nA/A control: " + control + ".\n";
  }
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
