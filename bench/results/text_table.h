// Rows and columns of text: aligned for a terminal, or as Markdown.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace handoff {

class TextTable {
 public:
  struct Column {
    std::string head;
    bool right_aligned = false;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  /// Two spaces in front, columns as wide as their widest cell in characters (not bytes).
  void print(std::ostream& out) const;
  std::string markdown() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// "1.02× [0.99, 1.05]", with enough decimals to show the interval; from a hundred up "81 100×".
/// `lo` and `hi` may be NaN: no interval.
std::string ratio_text(double median, double lo, double hi);
/// 123.4 ns as "123 ns", 4567 as "4.57 µs".
std::string human_ns(double ns);
/// 8.13e6 as "8.13 M".
std::string human_rate(double per_second);
/// The same for a count: a whole number up to 9999.
std::string human_count(double count);

}  // namespace handoff
