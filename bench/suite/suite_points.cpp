#include <algorithm>
#include <bit>
#include <utility>

#include "bench/suite/suite.h"

namespace handoff {
namespace {

void add_once(std::vector<AskedPair>& pairs, std::uint32_t producers, std::uint32_t consumers) {
  const AskedPair pair{{}, producers, consumers};
  if (std::find(pairs.begin(), pairs.end(), pair) == pairs.end()) pairs.push_back(pair);
}

/// 2, 4, 8 … up to `cpus`, the most informative first, since a budget drops what comes last: 2; the
/// largest n for which n:n has a CPU per thread; then the middle of each gap between these; and
/// last what is larger.
std::vector<std::uint32_t> ladder(std::uint32_t cpus) {
  std::vector<std::uint32_t> rungs;
  const auto add = [&](int exponent) { rungs.push_back(std::uint32_t{1} << exponent); };
  // 2^fitting is the largest power of two that is at most half of cpus, but at least 2.
  const int fitting = std::max(1, static_cast<int>(std::bit_width(cpus)) - 2);
  add(1);
  if (fitting > 1) add(fitting);
  std::vector<std::pair<int, int>> gaps{{1, fitting}};
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const auto [low, high] = gaps[i];
    if (high - low < 2) continue;
    const int middle = (low + high) / 2;
    add(middle);
    gaps.emplace_back(low, middle);
    gaps.emplace_back(middle, high);
  }
  if (2 * (std::uint32_t{1} << fitting) <= cpus) add(fitting + 1);
  return cpus < 2 ? std::vector<std::uint32_t>{} : rungs;
}

}  // namespace

std::vector<AskedPair> expand_pairs(std::span<const AskedPair> asked, int usable_cpus) {
  const auto cpus =
      static_cast<std::uint32_t>(std::clamp(usable_cpus, 1, static_cast<int>(kMaxThreads)));
  std::vector<AskedPair> pairs;
  for (const AskedPair& pair : asked) {
    if (pair.word.empty()) {
      add_once(pairs, pair.producers, pair.consumers);
      continue;
    }
    const bool all = pair.word == "auto";
    if (all) add_once(pairs, 1, 1);
    for (const std::uint32_t n : ladder(cpus)) {
      if (all || pair.word == "symmetric") add_once(pairs, n, n);
      if (all || pair.word == "many-to-one") add_once(pairs, n, 1);
      if (all || pair.word == "one-to-many") add_once(pairs, 1, n);
    }
    if (all || pair.word == "oversubscribed") {
      const std::uint32_t n = std::clamp(2 * cpus, 4U, kMaxThreads);
      add_once(pairs, n, n);
    }
  }
  return pairs;
}

std::uint32_t usual_spin_ns(std::uint32_t threads, int usable_cpus) {
  constexpr std::uint32_t kRoomy = 10'000, kCrowded = 500;
  return threads <= static_cast<std::uint32_t>(std::max(usable_cpus, 0)) ? kRoomy : kCrowded;
}

std::vector<Workload> expand_axes(const Axes& axes, int usable_cpus) {
  const auto or_else = [](const auto& said, auto otherwise) {
    return said.empty() ? std::vector{otherwise} : said;
  };
  std::vector<AskedPair> pairs = axes.pairs;
  if (pairs.empty()) {
    for (const std::uint32_t producers : or_else(axes.producers, 1U)) {
      for (const std::uint32_t consumers : or_else(axes.consumers, 1U)) {
        pairs.push_back({{}, producers, consumers});
      }
    }
  }
  const Workload usual;
  std::vector<Workload> workloads;
  const auto add = [&](Workload workload) {
    const std::uint32_t spin = usual_spin_ns(workload.producers + workload.consumers, usable_cpus);
    for (const Wait wait : or_else(axes.wait, usual.wait)) {
      workload.wait = wait;
      for (const std::uint32_t spin_ns : or_else(axes.spin_ns, spin)) {
        workload.spin_ns = wait == Wait::kSpinBlock ? spin_ns : 0;
        workloads.push_back(workload);
        if (wait != Wait::kSpinBlock) break;  // the spin time has no effect: one point
      }
    }
  };
  for (const AskedPair& pair : expand_pairs(pairs, usable_cpus)) {
    for (const std::uint32_t payload : or_else(axes.payload, usual.payload)) {
      for (const std::uint32_t capacity : or_else(axes.capacity, usual.capacity)) {
        for (const Transfer transfer : or_else(axes.transfer, usual.transfer)) {
          Workload workload;
          workload.producers = pair.producers;
          workload.consumers = pair.consumers;
          workload.payload = payload;
          workload.capacity = capacity;
          workload.transfer = transfer;
          add(workload);
        }
      }
    }
  }
  return workloads;
}

}  // namespace handoff
