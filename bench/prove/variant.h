// A variant of a proof: the values of a workload, and the disturbance (torment) of the cell. Also
// the order in which the variants come.
//
// There are thousands of combinations, but time for only about fifty. Most faults that depend on
// values depend on one or two of them. So each next variant is the one of a random sample that has
// most values and pairs of values for the first time. Source: Cohen, Dalal, Fredman, Patton 1997,
// "The AETG System: An Approach to Testing Based on Combinatorial Design".
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/interface/workload.h"

namespace handoff {

/// How a cell is disturbed during its life.
///   none:    not at all
///   delays:  lanes delay their threads between items, and within items that travel in_place
///   stops:   threads and processes are stopped at random moments for up to 20 ms
///   one-cpu: all threads share one CPU
enum class Torment : std::uint8_t { kNone, kDelays, kStops, kOneCpu };

const std::vector<std::string>& torment_names();
std::string name(Torment torment);

struct Variant {
  Workload workload;
  Torment torment = Torment::kNone;

  friend bool operator==(const Variant&, const Variant&) = default;
};

/// "2:2, 64 B, capacity 3, move, waits spin, torment stops".
std::string describe(const Variant& variant);

/// The values of each axis; none is empty.
struct VariantAxes {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // producers and consumers
  std::vector<std::uint32_t> payload, capacity;
  std::vector<Transfer> transfer;
  std::vector<Wait> wait;
  std::vector<Torment> torment;
};

/// One value of each axis, in the order of VariantAxes, as indexes.
using Choice = std::array<std::uint32_t, 6>;
inline constexpr std::uint64_t kMostChoices = 200'000;

/// How many combinations there are.
std::uint64_t combinations(const VariantAxes& axes);

class VariantOrder {
 public:
  /// `excluded`: whether a workload is left out. `usable_cpus` determines how long waits spin. The
  /// order depends on the arguments only. REQUIRES: at most kMostChoices combinations.
  VariantOrder(VariantAxes axes, int usable_cpus, std::uint64_t seed,
               const std::function<bool(const Workload&)>& excluded);

  /// The next variant. The first has the usual value of each axis, if that is among the values.
  /// After all have come, they come again. None if all are excluded.
  std::optional<Variant> next();
  /// Leaves out the variant that came last.
  void exclude_last();
  std::uint64_t excluded() const { return excluded_; }

 private:
  using Value = std::pair<std::size_t, std::uint32_t>;  // axis and place

  Variant variant_of(const Choice& choice) const;
  std::size_t news(const Choice& choice) const;
  void shown(const Choice& choice);

  VariantAxes axes_;
  int usable_cpus_;
  std::mt19937_64 random_;
  std::vector<Choice> all_, left_;
  Choice last_{};
  std::set<Value> values_shown_;
  std::set<std::pair<Value, Value>> pairs_shown_;
  std::uint64_t excluded_ = 0;
  bool begun_ = false;
};

}  // namespace handoff
