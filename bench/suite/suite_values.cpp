#include "bench/suite/suite_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>

#include "bench/machine/cpus.h"
#include "bench/suite/nearest.h"

namespace handoff {
namespace {

struct Unit {
  std::string_view text;
  double seconds;
};
constexpr std::array<Unit, 6> kUnits{
    {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}, {"m", 60.0}, {"h", 3600.0}}};

std::string_view trim(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<std::uint64_t> whole(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-' || c == '.' || c == '+';
  });
}

/// A duration as an option accepts it, without rounding.
std::string exact_duration(double seconds) {
  for (auto unit = kUnits.rbegin(); unit != kUnits.rend(); ++unit) {
    if (seconds >= unit->seconds) return fmt::format("{:g}{}", seconds / unit->seconds, unit->text);
  }
  return fmt::format("{:g}ns", seconds * 1e9);
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(trim(text.substr(0, comma)));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::uint64_t parse_count(std::string_view where, std::string_view text, std::uint64_t min,
                          std::uint64_t max) {
  const auto value = whole(trim(text));
  if (!value || *value < min || *value > max) {
    throw UsageError(
        fmt::format("{} '{}' is not a whole number from {} to {}", where, text, min, max));
  }
  return *value;
}

std::uint64_t parse_size(std::string_view where, std::string_view text, std::uint64_t min,
                         std::uint64_t max) {
  std::string_view rest = trim(text);
  const auto drop = [&rest](std::string_view suffix) {
    if (rest.size() < suffix.size()) return false;
    const std::string_view tail = rest.substr(rest.size() - suffix.size());
    const bool same = std::equal(tail.begin(), tail.end(), suffix.begin(), [](char x, char y) {
      return std::tolower(static_cast<unsigned char>(x)) == y;
    });
    if (same) rest.remove_suffix(suffix.size());
    return same;
  };
  if (!drop("ib")) drop("b");
  const unsigned shift = drop("k") ? 10U : drop("m") ? 20U : drop("g") ? 30U : 0U;
  const auto value = whole(rest);
  if (!value || *value > (~std::uint64_t{0} >> shift)) {
    throw UsageError(fmt::format(
        "{} '{}' is not a size; write bytes, or a number with K, M or G, such as 64 or 64K", where,
        text));
  }
  const std::uint64_t bytes = *value << shift;
  if (bytes < min || bytes > max) {
    throw UsageError(fmt::format("{} '{}' is out of range; give {} to {}", where, text,
                                 size_text(min), size_text(max)));
  }
  return bytes;
}

double parse_duration_s(std::string_view where, std::string_view text, double min_s, double max_s) {
  const std::string_view rest = trim(text);
  double value = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
  const std::string_view unit = rest.substr(static_cast<std::size_t>(end - rest.data()));
  const auto known = std::find_if(kUnits.begin(), kUnits.end(),
                                  [unit](const Unit& candidate) { return candidate.text == unit; });
  if (error != std::errc{} || known == kUnits.end() || !std::isfinite(value)) {
    throw UsageError(
        fmt::format("{} '{}' is not a duration; write a number with ns, us, ms, s, m or h, such as "
                    "500ms or 20s",
                    where, text));
  }
  const double seconds = value * known->seconds;
  constexpr double kRounding = 1e-12;  // in floating point, 100 * 1e-6 is less than 100e-6
  if (seconds < min_s * (1 - kRounding) || seconds > max_s * (1 + kRounding)) {
    throw UsageError(fmt::format("{} '{}' is out of range; give {} to {}", where, text,
                                 exact_duration(min_s), exact_duration(max_s)));
  }
  return seconds;
}

double parse_share(std::string_view where, std::string_view text, double min, double max) {
  const std::string_view rest = trim(text);
  double value = 0;
  const auto [end, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), value, std::chars_format::fixed);
  const std::string_view unit = trim(rest.substr(static_cast<std::size_t>(end - rest.data())));
  if (error != std::errc{} || unit != "%" || !std::isfinite(value)) {
    throw UsageError(
        fmt::format("{} '{}' is not a percentage; write a number with %, such as 1%", where, text));
  }
  if (value < 100 * min || value > 100 * max) {
    throw UsageError(fmt::format("{} '{}' is out of range; give {:g}% to {:g}%", where, text,
                                 100 * min, 100 * max));
  }
  return value / 100;
}

std::string parse_name(std::string_view where, std::string_view text,
                       std::span<const std::string> names) {
  const std::string name(trim(text));
  if (std::find(names.begin(), names.end(), name) != names.end()) return name;
  throw UsageError(fmt::format("{} '{}' is not known; {}", where, name, did_you_mean(name, names)));
}

const std::vector<std::string>& transfer_words() {
  static const std::vector<std::string> words{"copy", "move", "in_place"};
  return words;
}

Transfer parse_transfer(std::string_view where, std::string_view text) {
  return transfer_named(parse_name(where, text, transfer_words())).value();
}

const std::vector<std::string>& wait_words() {
  static const std::vector<std::string> words{"block", "spin", "spin-block"};
  return words;
}

Wait parse_wait(std::string_view where, std::string_view text) {
  return wait_named(parse_name(where, text, wait_words())).value();
}

const std::vector<std::string>& pair_words() {
  static const std::vector<std::string> words{"auto", "symmetric", "many-to-one", "one-to-many",
                                              "oversubscribed"};
  return words;
}

AskedPair parse_pair(std::string_view where, std::string_view text) {
  const std::string_view pair = trim(text);
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos) {
    const auto& words = pair_words();
    if (std::find(words.begin(), words.end(), pair) != words.end())
      return {std::string(pair), 0, 0};
    const auto near = nearest(pair, words);
    throw UsageError(fmt::format("{} '{}' is not a pair; {}", where, text,
                                 near ? "did you mean '" + *near + "'?"
                                      : "write producers:consumers, such as 4:2, or auto"));
  }
  const auto producers = whole(pair.substr(0, colon));
  const auto consumers = whole(pair.substr(colon + 1));
  if (!producers || !consumers) {
    throw UsageError(fmt::format(
        "{} '{}' is not a pair; write producers:consumers, such as 4:2, or auto", where, text));
  }
  if (*producers < 1 || *producers > kMaxThreads || *consumers < 1 || *consumers > kMaxThreads) {
    throw UsageError(fmt::format("{} '{}' is out of range; give 1 to {} on each side", where, text,
                                 kMaxThreads));
  }
  return {{}, static_cast<std::uint32_t>(*producers), static_cast<std::uint32_t>(*consumers)};
}

AskedStrategy parse_strategy(std::string_view where, std::string_view text) {
  const std::string_view asked = trim(text);
  const std::size_t equals = asked.find('=');
  const std::string_view label = asked.substr(0, equals);
  const std::string_view strategy =
      equals == std::string_view::npos ? label : asked.substr(equals + 1);
  if (!is_name(label) || !is_name(strategy)) {
    throw UsageError(fmt::format(
        "{} '{}' is not a strategy; write a name from 'handoff list', or label=name, with letters, "
        "digits, _ - . +",
        where, text));
  }
  return {std::string(label), std::string(strategy)};
}

const std::vector<std::string>& pin_words() {
  static const std::vector<std::string> words{"auto", "none", "compact", "scatter"};
  return words;
}

std::string parse_pin_text(std::string_view where, std::string_view text) {
  const std::vector<std::string>& names = pin_words();
  const std::string pin(trim(text));
  if (std::find(names.begin(), names.end(), pin) != names.end() || parse_cpu_list(pin)) return pin;
  const auto near = nearest(pin, names);
  throw UsageError(
      fmt::format("{} '{}' is not known; {}", where, pin,
                  near ? "did you mean '" + *near + "'?"
                       : "give auto, none, compact, scatter or a CPU list such as 0,2-5"));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 4> kSuffixes{"B", "KiB", "MiB", "GiB"};
  std::size_t suffix = 0;
  while (suffix + 1 < kSuffixes.size() && bytes >= 1024 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++suffix;
  }
  return fmt::format("{}{}", bytes, kSuffixes[suffix]);
}

std::string duration_text(double seconds) {
  if (seconds <= 0) return "0s";
  if (seconds >= 600) return fmt::format("{:.3g}m", seconds / 60);
  if (seconds >= 1) return fmt::format("{:.3g}s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g}ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g}us", seconds * 1e6);
  return fmt::format("{:.3g}ns", seconds * 1e9);
}

}  // namespace handoff
