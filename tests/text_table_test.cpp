#include "bench/results/text_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace handoff {
namespace {

TEST(TextTable, AlignsByCharactersNotBytes) {
  TextTable table({{"a", false}, {"b", true}});
  table.add({"µs", "1"});
  table.add({"x", "234"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "  a     b\n  µs    1\n  x   234\n");
}

TEST(TextTable, AsMarkdownKeepsBarsAndLineEndsInTheirCell) {
  TextTable table({{"a", false}, {"b", true}});
  table.add({"x|y", "two\nlines"});
  EXPECT_EQ(table.markdown(), "| a | b |\n| --- | --: |\n| x\\|y | two lines |\n");
}

TEST(RatioText, HasAsManyDecimalsAsShowTheInterval) {
  EXPECT_EQ(ratio_text(1.5, 1.2, 1.8), "1.50× [1.20, 1.80]");
  EXPECT_EQ(ratio_text(1.0012, 0.9991, 1.0031), "1.001× [0.999, 1.003]");
  EXPECT_EQ(ratio_text(1.5, NAN, NAN), "1.50×");
}

TEST(RatioText, RoundsLargeOnesToThreeDigits) {
  EXPECT_EQ(ratio_text(81121.71, 33685.6, 140000), "81 100× [33 700, 140 000]");
  EXPECT_EQ(ratio_text(2800.36, NAN, NAN), "2 800×");
}

}  // namespace
}  // namespace handoff
