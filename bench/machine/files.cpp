#include "bench/machine/files.h"

#include <charconv>
#include <fstream>
#include <sstream>

namespace handoff::machine {
namespace {

constexpr std::string_view kWhite = " \t\n\r\f\v";

}  // namespace

std::optional<std::string> read_text(const std::string& root, const std::string& path) {
  std::ifstream file(root + path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  // Some sysfs files open well and fail on reading; so does a directory.
  if (file.bad()) return std::nullopt;
  return std::move(text).str();
}

std::optional<std::string> read_word(const std::string& root, const std::string& path) {
  const auto text = read_text(root, path);
  if (!text) return std::nullopt;
  const std::string_view word = trimmed(*text);
  if (word.empty()) return std::nullopt;
  return std::string(word);
}

std::optional<double> read_number(const std::string& root, const std::string& path) {
  const auto word = read_word(root, path);
  return word ? to_number(*word) : std::nullopt;
}

std::optional<double> to_number(std::string_view text) {
  text = trimmed(text);
  double number = 0;
  const auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (failure != std::errc{} || end == text.data()) return std::nullopt;
  // from_chars takes "inf" and "nan" for numbers.
  const char last = *(end - 1);
  if ((last < '0' || last > '9') && last != '.') return std::nullopt;
  return number;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (true) {
    const auto first = text.find_first_not_of(separators);
    if (first == std::string_view::npos) return parts;
    text.remove_prefix(first);
    const auto length = text.find_first_of(separators);
    parts.emplace_back(text.substr(0, length));
    if (length == std::string_view::npos) return parts;
    text.remove_prefix(length);
  }
}

std::optional<std::string> value_of(std::string_view text, std::string_view key, char separator) {
  while (!text.empty()) {
    const auto length = text.find('\n');
    const std::string_view line = text.substr(0, length);
    const auto middle = line.find(separator);
    if (middle != std::string_view::npos && trimmed(line.substr(0, middle)) == key) {
      return std::string(trimmed(line.substr(middle + 1)));
    }
    if (length == std::string_view::npos) break;
    text.remove_prefix(length + 1);
  }
  return std::nullopt;
}

}  // namespace handoff::machine
