#include "bench/results/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace handoff {

namespace {

/// The number of characters, not bytes: UTF-8 continuation bytes are not counted.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string three_digits(double value, const char* unit) {
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return fmt::format("{:.{}f}{}", value, decimals, unit);
}

/// Three significant digits, with a space between thousands: 81121.7 as "81 100".
std::string rounded_large(double value) {
  const double unit = std::pow(10, std::floor(std::log10(value)) - 2);
  const std::string digits = fmt::format("{:.0f}", std::round(value / unit) * unit);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ' ';
    text += digits[i];
  }
  return text;
}

std::string escaped(const std::string& text) {
  std::string made;
  for (const char c : text) {
    if (c == '|') made += '\\';
    made += c == '\n' ? ' ' : c;
  }
  return made;
}

}  // namespace

void TextTable::print(std::ostream& out) const {
  std::vector<std::vector<std::string>> lines(1);
  for (const Column& column : columns_) lines[0].push_back(column.head);
  lines.insert(lines.end(), rows_.begin(), rows_.end());
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - width(line[i]), ' ');
      const bool last = i + 1 == line.size();
      text += "  " + (columns_[i].right_aligned ? pad + line[i] : line[i] + (last ? "" : pad));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  }
}

std::string TextTable::markdown() const {
  std::string head = "|", rule = "|", body;
  for (const Column& column : columns_) {
    head += " " + escaped(column.head) + " |";
    rule += column.right_aligned ? " --: |" : " --- |";
  }
  for (const auto& row : rows_) {
    body += "|";
    for (const std::string& cell : row) body += " " + escaped(cell) + " |";
    body += "\n";
  }
  return head + "\n" + rule + "\n" + body;
}

std::string ratio_text(double median, double lo, double hi) {
  const bool known = std::isfinite(lo) && std::isfinite(hi);
  if (median >= 100) {
    return known ? fmt::format("{}× [{}, {}]", rounded_large(median), rounded_large(lo),
                               rounded_large(hi))
                 : rounded_large(median) + "×";
  }
  if (!known) return fmt::format("{:.2f}×", median);
  const double half = (hi - lo) / 2;  // enough decimals to see it
  const int decimals =
      half > 0 ? std::clamp(static_cast<int>(-std::floor(std::log10(half))), 2, 4) : 2;
  return fmt::format("{0:.{3}f}× [{1:.{3}f}, {2:.{3}f}]", median, lo, hi, decimals);
}

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

std::string human_count(double count) {
  return count < 10'000 ? fmt::format("{:.0f}", count) : human_rate(count);
}

}  // namespace handoff
