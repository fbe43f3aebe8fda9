// Cells in tests: one incarnation from its opening to its end, and what came of it.
#pragma once

#include <gtest/gtest.h>
#include <regex.h>

#include <cstdint>
#include <string>

#include "bench/run/cell_process.h"
#include "tests/strategy_test_support.h"

namespace handoff::testing {

inline constexpr double kTimeout = 30;  // seconds; where nothing should hang
inline constexpr std::uint64_t kItems = 1000;

/// The first outcome that is not good, of opening, `slices` slices and closing.
inline CellOutcome outcome_of(const std::string& strategy,
                              const Workload& workload = {.payload = 64},
                              double timeout_s = kTimeout, std::uint32_t slices = 4) {
  CellProcess cell(open_request(strategy, workload), timeout_s);
  if (CellOutcome outcome = cell.opened(); !outcome.good()) return outcome;
  for (std::uint32_t slice = 1; slice <= slices; ++slice) {
    const SliceReply reply = cell.slice(slice, kItems, kNeverCut);
    if (!reply.outcome.good()) {
      EXPECT_GE(slice, 3U) << "it was to misbehave in slice 3 only";
      EXPECT_FALSE(cell.alive());
      return reply.outcome;
    }
    EXPECT_EQ(reply.items, kItems);
  }
  return cell.close();
}

/// Whether all of `text` matches the POSIX extended `pattern`. (Not <regex>: g++ 12 warns inside it
/// under AddressSanitizer.)
inline bool matches(const std::string& text, const std::string& pattern) {
  regex_t compiled;
  if (regcomp(&compiled, ("^(" + pattern + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
    ADD_FAILURE() << "no regular expression: " << pattern;
    return false;
  }
  const bool found = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return found;
}

inline void expect_outcome(const CellOutcome& outcome, CellVerdict verdict,
                           const std::string& reason) {
  EXPECT_EQ(name(outcome.verdict), name(verdict));
  EXPECT_TRUE(matches(outcome.reason, reason)) << outcome.reason;
}

}  // namespace handoff::testing
