#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "bench/plan/plan.h"

namespace handoff {
namespace {

/// SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// Uniform in [0, n), n >= 1: values beyond the last whole multiple of n are drawn again.
  std::uint64_t below(std::uint64_t n) {
    const std::uint64_t excess = (~std::uint64_t{0} % n + 1) % n;
    while (true) {
      const std::uint64_t value = next();
      if (value <= ~std::uint64_t{0} - excess) return value % n;
    }
  }

 private:
  std::uint64_t state_;
};

/// A stream of its own for each combination of keys.
std::uint64_t keyed(std::uint64_t seed, std::initializer_list<std::uint64_t> keys) {
  std::uint64_t hash = SplitMix64(seed).next();
  for (const std::uint64_t key : keys) hash = SplitMix64(hash ^ key).next();
  return hash;
}

/// Fisher and Yates, as in Knuth, TAOCP 2, algorithm P.
std::vector<int> shuffled(int n, std::uint64_t seed) {
  std::vector<int> order(static_cast<std::size_t>(n < 0 ? 0 : n));
  std::iota(order.begin(), order.end(), 0);
  SplitMix64 random(seed);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[static_cast<std::size_t>(random.below(i))]);
  }
  return order;
}

constexpr std::uint64_t kVisits = 1, kBlocks = 2, kLayout = 3;

}  // namespace

std::vector<int> visit_order(const Plan& plan, int pass) {
  return shuffled(static_cast<int>(plan.points.size()),
                  keyed(plan.seed, {kVisits, static_cast<std::uint64_t>(pass)}));
}

std::vector<int> block_order(std::uint64_t seed, int point, int pass, int block, int n) {
  return shuffled(
      n, keyed(seed, {kBlocks, static_cast<std::uint64_t>(point), static_cast<std::uint64_t>(pass),
                      static_cast<std::uint64_t>(block)}));
}

std::uint32_t layout_seed(std::uint64_t seed, int point, int pass, int cell) {
  return static_cast<std::uint32_t>(
      keyed(seed, {kLayout, static_cast<std::uint64_t>(point), static_cast<std::uint64_t>(pass),
                   static_cast<std::uint64_t>(cell)}));
}

}  // namespace handoff
