// Check of the proof's cost: making every byte of an item from its id, checking it and marking it,
// compared with a bare loop that only writes and reads the bytes. One thread, alternating slices.
#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <ostream>
#include <stdexcept>

#include "bench/cell/lane_setup.h"
#include "bench/cell/proof.h"
#include "bench/run/tick_rate.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/interval.h"
#include "bench/stats/quantile.h"

namespace handoff {

namespace {

constexpr std::uint64_t kItems = 100'000;
constexpr int kIncarnations = 12, kCostBlocks = 40;

template <std::size_t N>
void proved(Producer& producer, Consumer& consumer) {
  Value<N> value{};
  while (producer.next(value)) consumer.accept(value);
}

/// Writes and reads the same number of bytes. The compiler cannot see that they are not used.
template <std::size_t N>
void bare(std::uint64_t items) {
  Value<N> value{};
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < items; ++i) {
    for (std::size_t at = 0; at < N; at += 8) std::memcpy(value.bytes.data() + at, &i, 8);
    asm volatile("" : : "r"(value.bytes.data()) : "memory");
    for (std::size_t at = 0; at < N; at += 8) sum += item_code::first_word(value.bytes.data() + at);
  }
  asm volatile("" : : "r"(sum));
}

struct Cost {
  Interval proved_ns, bare_ns;  // per item
};

template <std::size_t N>
Cost cost(const TickRate& rate) {
  const Workload workload{.payload = N, .transfer = Transfer::kInPlace};  // no copies
  LaneSetup lanes(SharedMemory::create(LaneSetup::bytes_needed(workload, kItems)), workload, kItems,
                  rate.source);
  std::vector<double> proved_logs, bare_logs;
  const auto per_item_ns = [&](auto&& work) {
    const std::uint64_t begin = ticks(rate.source);
    work();
    return static_cast<double>(ticks(rate.source) - begin) * rate.ns_per_tick / kItems;
  };
  for (int i = 0; i < kIncarnations; ++i) {
    std::vector<double> with, without;
    for (int block = 0; block < kCostBlocks; ++block) {
      lanes.arm(static_cast<std::uint32_t>(block), kItems);
      with.push_back(per_item_ns([&] { proved<N>(lanes.producers()[0], lanes.consumers()[0]); }));
      if (!prove(lanes, {.fifo = true, .hands_over = false}).good())
        throw std::runtime_error("the proof failed for items that no other thread touched");
      without.push_back(per_item_ns([&] { bare<N>(kItems); }));
    }
    proved_logs.push_back(std::log(median(with)));
    bare_logs.push_back(std::log(median(without)));
  }
  return {geometric_mean(proved_logs, 0.95), geometric_mean(bare_logs, 0.95)};
}

}  // namespace

CheckResult check_proof(const CheckOptions& /*options*/, std::ostream& progress) {
  struct Line {
    int payload;
    double most_ns;  // limit for production and proof together
    Cost cost;
  };
  const TickRate rate = measure_tick_rate();
  CheckResult result{CheckVerdict::kOk, ""};
  for (const Line& line : {Line{8, 3, cost<8>(rate)}, Line{64, 8, cost<64>(rate)}}) {
    const Interval& with = line.cost.proved_ns;
    progress << fmt::format("proof {} B: {:.2f} ns [{:.2f}, {:.2f}], bare loop {:.2f} ns\n",
                            line.payload, with.value, with.lo, with.hi, line.cost.bare_ns.value);
    result.text +=
        fmt::format("{}{} B: {:.2f} ns per item, {:.2f} ns without proof (limit {:g} ns)",
                    result.text.empty() ? "" : "; ", line.payload, with.value,
                    line.cost.bare_ns.value, line.most_ns);
    if (with.lo > line.most_ns) {
      result.verdict = CheckVerdict::kFailed;
    } else if (with.hi > line.most_ns && result.verdict == CheckVerdict::kOk) {
      result.verdict = CheckVerdict::kCannotTell;
    }
  }
  return result;
}

}  // namespace handoff
