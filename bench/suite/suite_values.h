// Parsers for the values of options and suite files: sizes, durations, pairs, names.
//
// Every parser takes `where`, the text that an error sentence begins with ("--payload", or
// "mine.toml: payload"), and throws UsageError with a sentence: what was wrong, the value seen,
// the nearest valid name or the range.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bench/interface/workload.h"

namespace handoff {

/// What the user asked for is not possible. what() is one sentence for stderr; the exit status is
/// 1.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Producers and consumers: a fixed pair, or a word for pairs that depend on the number of CPUs.
struct AskedPair {
  std::string word;  // one of pair_words(); empty: the numbers are the pair
  std::uint32_t producers = 1, consumers = 1;

  friend bool operator==(const AskedPair&, const AskedPair&) = default;
};

/// A strategy and the label that it runs under.
struct AskedStrategy {
  std::string label, strategy;

  friend bool operator==(const AskedStrategy&, const AskedStrategy&) = default;
};

/// "a, b,c" as {"a", "b", "c"}. Empty parts are kept: the parser of the value refuses them.
std::vector<std::string> split_list(std::string_view text);

/// A whole number of at least `min` and at most `max`.
std::uint64_t parse_count(std::string_view where, std::string_view text, std::uint64_t min,
                          std::uint64_t max);
/// Bytes: digits, then optionally K, M or G (powers of 1024), then optionally B or iB.
std::uint64_t parse_size(std::string_view where, std::string_view text, std::uint64_t min,
                         std::uint64_t max);
/// Seconds from digits and one of ns, us, ms, s, m, h.
double parse_duration_s(std::string_view where, std::string_view text, double min_s, double max_s);
/// A share written in percent, "1%" or "0.5 %", as a number (0.01, 0.005), at least `min`.
double parse_share(std::string_view where, std::string_view text, double min, double max);
Transfer parse_transfer(std::string_view where, std::string_view text);
Wait parse_wait(std::string_view where, std::string_view text);
/// "4:2", or one of pair_words().
AskedPair parse_pair(std::string_view where, std::string_view text);
/// "mutex_queue" or "label=mutex_queue". Does not check whether the strategy exists.
AskedStrategy parse_strategy(std::string_view where, std::string_view text);
/// One of `names`. For any other the error suggests the nearest of them.
std::string parse_name(std::string_view where, std::string_view text,
                       std::span<const std::string> names);
/// auto, none, compact, scatter or a CPU list such as 0,2-5; checked for its form only.
std::string parse_pin_text(std::string_view where, std::string_view text);

/// auto, symmetric, many-to-one, one-to-many, oversubscribed.
const std::vector<std::string>& pair_words();
/// copy, move, in_place.
const std::vector<std::string>& transfer_words();
/// block, spin, spin-block.
const std::vector<std::string>& wait_words();
/// auto, none, compact, scatter.
const std::vector<std::string>& pin_words();

/// "64B", "4KiB", "1MiB": whole multiples only, else bytes.
std::string size_text(std::uint64_t bytes);
/// "250us", "1.5ms", "120s", "15m": at most three significant figures.
std::string duration_text(double seconds);

}  // namespace handoff
