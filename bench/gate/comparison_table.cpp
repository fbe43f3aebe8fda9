#include "bench/gate/comparison_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/results/text_table.h"

namespace handoff {

using Json = nlohmann::json;

namespace {

std::string ratio_text_of(const Json& ratio) {
  if (!ratio.is_object() || !ratio.at("median").is_number()) return "";
  const auto number = [&](const char* key) {
    return ratio.at(key).is_number() ? ratio.at(key).get<double>() : NAN;
  };
  return ratio_text(ratio.at("median"), number("lo"), number("hi"));
}

std::string verdict_text_of(const Json& change) {
  std::string text = change.at("verdict");
  if (change.value("regression", false)) text = "REGRESSION";
  const std::string reason = change.value("reason", "");
  return reason.empty() ? text : text + ": " + reason;
}

TextTable table_of(const Json& comparison) {
  TextTable table(
      {{"point", false}, {"strategy", false}, {"head / base", true}, {"verdict", false}});
  for (const Json& change : comparison.at("changes")) {
    table.add({change.at("point"), change.at("label"), ratio_text_of(change.at("ratio")),
               verdict_text_of(change)});
  }
  return table;
}

std::vector<std::string> notes(const Json& comparison) {
  std::vector<std::string> lines;
  const Json& control = comparison.at("control");
  if (control.is_object() && control.at("median").is_number()) {
    lines.push_back(
        fmt::format("A/A control: identical code differed by up to {:.1f} % in this run; smaller "
                    "differences are "
                    "not meaningful",
                    100 * std::expm1(std::abs(std::log(control.at("median").get<double>())))));
  }
  for (const Json& note : comparison.value("notes", Json::array())) {
    lines.push_back(note.get<std::string>());
  }
  return lines;
}

std::string percent(const Json& share) { return fmt::format("{:g} %", 100 * share.get<double>()); }

}  // namespace

std::string comparison_sentence(const Json& comparison) {
  const std::string verdict = comparison.at("verdict");
  const Json& changes = comparison.at("changes");
  const auto count = [&](const auto& test) {
    return std::count_if(changes.begin(), changes.end(), test);
  };
  const std::string points =
      fmt::format("{} comparison{}", changes.size(), changes.size() == 1 ? "" : "s");
  if (verdict == "not comparable") {
    return "not comparable: " + comparison.at("reason").get<std::string>();
  }
  if (verdict == "regression") {
    return fmt::format("REGRESSION in {} of {}",
                       count([](const Json& change) { return change.value("regression", false); }),
                       points);
  }
  if (verdict == "none") {
    return fmt::format("no regression of {} or more in {}", percent(comparison.at("threshold")),
                       points);
  }
  if (verdict == "undecided") {
    return fmt::format("undecided in {} of {}: a larger --budget or a quieter machine may decide",
                       count([](const Json& change) {
                         return change.at("verdict") == "undecided" ||
                                change.at("verdict") == "failed";
                       }),
                       points);
  }
  return fmt::format("{} of {} changed", count([](const Json& change) {
                       return change.at("verdict") != "equivalent" &&
                              change.at("verdict") != "undecided";
                     }),
                     points);
}

void print_comparison(std::ostream& out, const Json& comparison) {
  table_of(comparison).print(out);
  out << '\n';
  for (const std::string& line : notes(comparison)) out << line << '\n';
  out << comparison_sentence(comparison) << '\n';
}

std::string comparison_markdown(const Json& comparison) {
  const auto name = [&](const char* side) {
    return comparison.at(side).value("name", std::string(side));
  };
  std::string text = fmt::format(
      "# handoff {}: {}\n\nRatios: time of head (`{}`) divided by time of base (`{}`), with "
      "{:g} % intervals. Above 1, head is slower.\n\n",
      comparison.at("kind").get<std::string>(), comparison_sentence(comparison), name("head"),
      name("base"), 100 * comparison.at("confidence").get<double>());
  text += table_of(comparison).markdown();
  for (const std::string& line : notes(comparison)) text += "\n" + line + ".\n";
  return text;
}

}  // namespace handoff
