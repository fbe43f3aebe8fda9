#include "bench/suite/suite.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

#include "bench/suite/nearest.h"

namespace handoff {
namespace {

const std::vector<std::string>& axis_keys() {
  static const std::vector<std::string> keys{"pairs",    "producers", "consumers", "payload",
                                             "capacity", "transfer",  "wait",      "spin"};
  return keys;
}

const std::vector<std::string>& all_keys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> all = axis_keys();
    all.insert(all.end(), {"strategies", "budget", "slice", "incarnations", "precision", "seed",
                           "timeout", "pin", "memory"});
    return all;
  }();
  return keys;
}

/// Removes comments, and rejects what CLI11's reader accepts silently: a line that is neither
/// section nor key, an array that is not closed.
std::string checked_toml(std::string_view text, std::string_view origin) {
  std::istringstream in{std::string(text)};
  std::string out, line;
  int number = 0, open_line = 0;
  bool in_array = false;
  while (std::getline(in, line)) {
    ++number;
    char quote = 0;
    std::size_t end = 0;
    bool equals = false, section = false;
    for (; end < line.size(); ++end) {
      const char c = line[end];
      if (quote != 0) {
        if (c == quote) quote = 0;
        continue;
      }
      if (c == '#') break;
      if (c == '"' || c == '\'') quote = c;
      if (c == '=') equals = true;
      if (c == '[' && !equals && !in_array) section = true;
      if (c == '[' && !section) {
        in_array = true;
        open_line = number;
      }
      if (c == ']' && !section) in_array = false;
    }
    if (quote != 0) {
      throw UsageError(
          fmt::format("{}, line {}: the quote {} is not closed", origin, number, quote));
    }
    line.resize(end);
    if (section && CLI::detail::to_lower(CLI::detail::trim_copy(line)) == "[default]") {
      throw UsageError(fmt::format(
          "{}, line {}: a section cannot be called default; give it another name", origin, number));
    }
    const bool blank = line.find_first_not_of(" \t\r") == std::string::npos;
    const bool inside = in_array || line.find(']') != std::string::npos;
    if (!blank && !equals && !section && !inside) {
      throw UsageError(fmt::format("{}, line {}: '{}' is neither a [section] nor key = value",
                                   origin, number, CLI::detail::trim_copy(line)));
    }
    out += line + "\n";
  }
  if (in_array) {
    throw UsageError(fmt::format("{}, line {}: the list that begins here is not closed by ]",
                                 origin, open_line));
  }
  return out;
}

template <class T, class Parse>
std::vector<T> each(std::span<const std::string> values, const Parse& parse) {
  std::vector<T> parsed;
  for (const std::string& value : values) {
    const T one = parse(value);
    if (std::find(parsed.begin(), parsed.end(), one) == parsed.end()) parsed.push_back(one);
  }
  return parsed;
}

const std::string& single(std::span<const std::string> values, std::string_view where) {
  if (values.size() == 1) return values.front();
  throw UsageError(fmt::format("{} takes one value, but {} are given", where, values.size()));
}

int parse_incarnations(std::string_view where, std::span<const std::string> values) {
  return static_cast<int>(parse_count(where, single(values, where), 1, kMaxIncarnations));
}

}  // namespace

bool Axes::empty() const {
  return pairs.empty() && producers.empty() && consumers.empty() && payload.empty() &&
         capacity.empty() && transfer.empty() && wait.empty() && spin_ns.empty();
}

bool set_axis(Axes& axes, std::string_view key, std::span<const std::string> values,
              std::string_view where) {
  const auto numbers = [&](auto parse, std::uint64_t min, std::uint64_t max) {
    return each<std::uint32_t>(values, [&](const std::string& value) {
      return static_cast<std::uint32_t>(parse(where, value, min, max));
    });
  };
  if (key == "pairs") {
    axes.pairs = each<AskedPair>(values, [&](const auto& v) { return parse_pair(where, v); });
    axes.producers.clear();
    axes.consumers.clear();
  } else if (key == "producers" || key == "consumers") {
    (key == "producers" ? axes.producers : axes.consumers) = numbers(parse_count, 1, kMaxThreads);
    axes.pairs.clear();
  } else if (key == "payload") {
    axes.payload = numbers(parse_size, kMinPayload, kMaxPayload);
  } else if (key == "capacity") {
    axes.capacity = numbers(parse_count, 1, kMaxCapacity);
  } else if (key == "transfer") {
    axes.transfer = each<Transfer>(values, [&](const auto& v) { return parse_transfer(where, v); });
  } else if (key == "wait") {
    axes.wait = each<Wait>(values, [&](const auto& v) { return parse_wait(where, v); });
  } else if (key == "spin") {
    axes.spin_ns = each<std::uint32_t>(values, [&](const auto& v) {
      return static_cast<std::uint32_t>(
          std::lround(parse_duration_s(where, v, 1e-9, kMaxSpinNs * 1e-9) * 1e9));
    });
  } else {
    return false;
  }
  return true;
}

bool set_setting(Suite& suite, std::string_view key, std::span<const std::string> values,
                 std::string_view where) {
  const auto duration = [&](double min_s, double max_s) {
    return parse_duration_s(where, single(values, where), min_s, max_s);
  };
  if (key == "strategies") {
    suite.strategies.clear();
    for (const std::string& value : values) {
      const AskedStrategy asked = parse_strategy(where, value);
      for (const AskedStrategy& other : suite.strategies) {
        if (other.label != asked.label) continue;
        throw UsageError(
            fmt::format("{} names '{}' twice; give each its own label, such as a={},b={}", where,
                        asked.label, other.strategy, asked.strategy));
      }
      suite.strategies.push_back(asked);
    }
  } else if (key == "budget") {
    suite.budget_s = duration(0.1, 86400);
  } else if (key == "slice") {
    suite.slice_s = duration(100e-6, 60);
  } else if (key == "timeout") {
    suite.timeout_s = duration(0.1, 3600);
  } else if (key == "incarnations") {
    suite.incarnations = parse_incarnations(where, values);
  } else if (key == "precision") {
    suite.precision = parse_share(where, single(values, where), 1e-3, 1);
  } else if (key == "seed") {
    suite.seed = parse_count(where, single(values, where), 0, kMaxSeed);
  } else if (key == "memory") {
    suite.memory_bytes =
        parse_size(where, single(values, where), std::uint64_t{1} << 20, std::uint64_t{1} << 46);
  } else if (key == "pin") {
    std::string list;  // a CPU list may have been split at its commas
    for (const std::string& value : values) list += (list.empty() ? "" : ",") + value;
    suite.pin = parse_pin_text(where, list);
  } else {
    return false;
  }
  return true;
}

void inherit(Axes& axes, const Axes& defaults) {
  const auto take = [](auto& mine, const auto& other) {
    if (mine.empty()) mine = other;
  };
  if (axes.pairs.empty() && axes.producers.empty() && axes.consumers.empty()) {
    axes.pairs = defaults.pairs;
  }
  if (axes.pairs.empty()) {
    take(axes.producers, defaults.producers);
    take(axes.consumers, defaults.consumers);
  }
  take(axes.payload, defaults.payload);
  take(axes.capacity, defaults.capacity);
  take(axes.transfer, defaults.transfer);
  take(axes.wait, defaults.wait);
  take(axes.spin_ns, defaults.spin_ns);
  if (!axes.incarnations) axes.incarnations = defaults.incarnations;
}

Suite parse_suite(std::string_view text, std::string_view origin) {
  std::istringstream in{checked_toml(text, origin)};
  Suite suite;
  Axes top;
  std::vector<std::string> sections;
  std::set<std::string> seen;
  for (const CLI::ConfigItem& item : CLI::ConfigTOML{}.from_config(in)) {
    const std::string section = item.parents.empty() ? "" : item.parents.front();
    if (!section.empty() &&
        std::find(sections.begin(), sections.end(), section) == sections.end()) {
      sections.push_back(section);
      suite.groups.emplace_back();
    }
    if (item.name == "--" || item.name == "++") continue;  // CLI11's marks of a section's ends
    const std::string where = fmt::format("{}: {}", origin, item.fullname());
    if (item.parents.size() > 1 || !seen.insert(item.fullname()).second) {
      throw UsageError(where + (item.parents.size() > 1
                                    ? " is in a section inside a section; use one level of sections"
                                    : " is given twice; delete one of them"));
    }
    if (item.inputs.empty() || item.inputs.front().empty()) {
      throw UsageError(where + " has no value; give one, or delete the key");
    }
    const auto at = std::find(sections.begin(), sections.end(), section);
    Axes& axes =
        section.empty() ? top : suite.groups[static_cast<std::size_t>(at - sections.begin())];
    const bool both_ways =
        item.name == "pairs"
            ? !(axes.producers.empty() && axes.consumers.empty())
            : (item.name == "producers" || item.name == "consumers") && !axes.pairs.empty();
    if (both_ways) {
      throw UsageError(where +
                       " and pairs exclude each other; give either pairs, or producers with "
                       "consumers");
    }
    if (!section.empty() && item.name == "incarnations") {
      axes.incarnations = parse_incarnations(where, item.inputs);
      continue;
    }
    if (set_axis(axes, item.name, item.inputs, where)) continue;
    if (section.empty() && set_setting(suite, item.name, item.inputs, where)) continue;
    const auto& keys = all_keys();
    if (std::find(keys.begin(), keys.end(), item.name) != keys.end()) {
      throw UsageError(where + " applies to the whole run; move it above the first [section]");
    }
    throw UsageError(fmt::format("{}: unknown key '{}'; {}", origin, item.name,
                                 did_you_mean(item.name, section.empty() ? keys : axis_keys())));
  }
  if (suite.groups.empty()) suite.groups.emplace_back();
  for (Axes& group : suite.groups) inherit(group, top);
  return suite;
}

}  // namespace handoff
