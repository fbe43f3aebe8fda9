// What every registered strategy has to do, whatever it is made of.
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <thread>
#include <vector>

#include "bench/run/cell_process.h"
#include "tests/accept_gate.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::honest_strategies;
using testing::InProcess;
using testing::kSanitized;
using testing::text;

constexpr Transfer kTransfers[] = {Transfer::kCopy, Transfer::kMove, Transfer::kInPlace};

class Conformance : public ::testing::TestWithParam<std::string> {
 protected:
  const Descriptor& descriptor() const { return *find_strategy(GetParam()); }

  /// False, once it is certain that the refusal is a sentence.
  bool supports(const Workload& workload) const {
    const std::string why = why_unsupported(descriptor(), workload);
    if (why.empty()) return true;
    EXPECT_GT(why.size(), 20U) << text(workload);
    EXPECT_NE(why.find(' '), std::string::npos) << why;
    return false;
  }

  /// So many, or the few that are made in the same time with a thread or process for each, or by a
  /// library's queue whose waits give the CPU away to whoever else is there.
  std::uint64_t scaled(std::uint64_t items) const {
    const Traits& traits = descriptor().traits;
    if (traits.blocking && traits.waits_itself) return items / 10 + 1;
    if (!traits.spawns_per_item) return items;
    return items / (traits.cross_process ? 50 : 10) + 1;
  }

  /// Slices of each of these numbers of items, in one incarnation.
  void expect_delivery(const Workload& workload, const std::vector<std::uint64_t>& slices) const {
    if (!supports(workload)) return;
    InProcess cell(descriptor(), workload, *std::max_element(slices.begin(), slices.end()));
    for (const std::uint64_t items : slices) {
      const CellOutcome outcome = cell.slice(items);
      ASSERT_TRUE(outcome.good()) << text(workload) << ": " << outcome.reason;
      ASSERT_EQ(cell.lanes().accepted(), items) << text(workload);
    }
  }
};

/// The whole grid has 1920 workloads; each pair of thread counts gets every kStride-th of the
/// others, another part for each pair: every value meets every value of the other axes.
TEST_P(Conformance, DeliversOverTheGrid) {
  constexpr std::uint32_t kThreads[] = {1, 2, 3, 5};
  constexpr std::uint32_t kPayloads[] = {8, 9, 64, 100, 256, 257, 4096, 65536};
  constexpr std::uint32_t kCapacities[] = {1, 2, 3, 7, 1024};
  const std::size_t stride = kSanitized ? 37 : 7;
  std::size_t pair = 0;
  for (const std::uint32_t producers : kThreads) {
    for (const std::uint32_t consumers : kThreads) {
      const bool one_to_one = pair == 0;
      std::size_t index = 3 * pair++;
      for (const Transfer transfer : kTransfers) {
        for (const std::uint32_t payload : kPayloads) {
          for (const std::uint32_t capacity : kCapacities) {
            if (!one_to_one && ++index % stride != 0) continue;
            const bool few = payload > 4096 || kSanitized || descriptor().role == Role::kReference;
            const std::uint64_t items = scaled(few ? 60 : 300);
            expect_delivery({producers, consumers, payload, capacity, transfer},
                            {items, 1, items + scaled(13)});
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

TEST_P(Conformance, DeliversWithFarMoreThreadsThanCpus) {
  const std::uint64_t items = scaled(kSanitized ? 1500 : 6000);
  for (const std::uint32_t capacity : {1U, 1024U}) {
    for (const Transfer transfer : kTransfers) {
      expect_delivery({64, 64, 64, capacity, transfer}, {items, 50});
      if (HasFatalFailure()) return;
    }
  }
}

/// In slices so small the lanes look at each item: where it was made, and who drew it.
TEST_P(Conformance, DeliversThousandsOfTinySlices) {
  std::vector<std::uint64_t> slices;
  for (std::uint64_t i = 0; i < scaled(kSanitized ? 400 : 1000); ++i)
    slices.push_back(1 + i * 7 % 40);
  expect_delivery({2, 2, 8, 4, Transfer::kCopy}, slices);
  expect_delivery({2, 2, 300, 1, Transfer::kMove}, slices);
  expect_delivery({2, 2, 64, 3, Transfer::kInPlace}, slices);
  expect_delivery({1, 1, 300, 2, Transfer::kInPlace}, slices);
  expect_delivery({1, 1, 8, 4, Transfer::kCopy}, slices);
}

TEST_P(Conformance, DeliversLongSlicesHoweverItWaits) {
  for (const Wait wait : {Wait::kBlock, Wait::kSpin, Wait::kSpinBlock}) {
    for (const std::uint32_t threads : {1U, 2U}) {
      const Workload workload{
          .producers = threads, .consumers = threads, .capacity = 64, .wait = wait};
      if (!supports(workload)) continue;
      const std::uint64_t items =
          scaled(kSanitized ? 5000 : 50'000) / (descriptor().traits.spawns_per_item ? 5 : 1);
      InProcess cell(descriptor(), workload, items,
                     wait == Wait::kBlock ? testing::kBlocking : testing::kSpinning);
      for (int slice = 0; slice < 3; ++slice) {
        const CellOutcome outcome = cell.slice(items);
        ASSERT_TRUE(outcome.good()) << text(workload) << ": " << outcome.reason;
      }
    }
  }
}

TEST_P(Conformance, CanBeMadeAndDestroyedWithoutASlice) {
  for (const std::uint32_t threads : {1U, 3U}) {
    const Workload workload{.producers = threads, .consumers = threads, .payload = 300};
    if (!supports(workload)) continue;
    for (int i = 0; i < 20; ++i) InProcess(descriptor(), workload, 100);
  }
}

TEST_P(Conformance, StopsWhenTheSliceIsCut) {
  for (const std::uint32_t threads : {1U, 3U}) {
    const Workload workload{
        .producers = threads, .consumers = threads, .payload = 8, .capacity = 3};
    if (!supports(workload)) continue;
    constexpr std::uint64_t kMany = 1ULL << 26;  // far more than can be delivered before
    InProcess cell(descriptor(), workload, kMany);
    for (int slice = 0; slice < 3; ++slice) {
      cell.arm(kMany);
      std::thread cutter([&] {
        while (cell.lanes().accepted() < 100) std::this_thread::yield();
        cell.lanes().cut();
      });
      const CellOutcome outcome = cell.run_armed();
      cutter.join();
      ASSERT_TRUE(outcome.good()) << outcome.reason;
      EXPECT_GE(cell.lanes().accepted(), 100U);
    }
  }
}

/// Nothing is accepted until everything that can be drawn has been drawn.
TEST_P(Conformance, KeepsToItsCapacity) {
  if (descriptor().traits.cross_process) {
    GTEST_SKIP() << "the gate holds back threads, not other processes";
  }
  const struct {
    std::uint32_t producers, consumers, capacity;
  } shapes[] = {{1, 1, 1}, {1, 1, 2}, {1, 1, 7}, {2, 2, 3}, {5, 3, 7}, {5, 5, 1}, {16, 2, 100}};
  for (const auto& [producers, consumers, capacity] : shapes) {
    for (const std::uint32_t payload : {8U, 300U}) {
      const Workload workload{
          .producers = producers, .consumers = consumers, .payload = payload, .capacity = capacity};
      if (!supports(workload)) continue;
      const std::uint64_t items = 16 * producers - 1;  // drawn one at a time: exactly counted
      InProcess cell(descriptor(), workload, 1 << 16);
      for (int slice = 0; slice < 2; ++slice) {
        cell.arm(items);
        testing::AcceptGate gate(cell.lanes());
        CellOutcome outcome;
        std::thread runs([&] { outcome = cell.run_armed(); });
        const auto drawn = [&] { return cell.lanes().progress() - cell.lanes().accepted(); };
        const std::uint32_t kept =
            descriptor().traits.spawns_per_item ? std::min(capacity, consumers) : capacity;
        const bool filled = descriptor().role == Role::kReference ||
                            testing::eventually([&, kept] { return drawn() >= kept; });
        std::uint64_t before = 0;
        for (int quiet = 0; quiet < 20; ++quiet) {  // until nobody draws any more
          usleep(500);
          if (const std::uint64_t now = drawn(); now != before) {
            before = now;
            quiet = 0;
          }
        }
        EXPECT_EQ(cell.lanes().accepted(), 0U);
        EXPECT_TRUE(filled) << "only " << before << " are under way: " << text(workload);
        EXPECT_LE(before, capacity + producers + consumers) << text(workload);
        gate.open();
        runs.join();
        EXPECT_TRUE(outcome.good()) << outcome.reason;
      }
    }
  }
}

TEST_P(Conformance, DeliversAsACellOfItsOwn) {
  const Workload workloads[] = {{1, 1, 8, 1024, Transfer::kCopy},
                                {1, 1, 4096, 3, Transfer::kMove},
                                {2, 3, 100, 7, Transfer::kCopy},
                                {5, 2, 65536, 16, Transfer::kCopy},
                                {8, 8, 257, 1, Transfer::kMove}};
  for (const Workload& workload : workloads) {
    CellProcess cell(testing::open_request(GetParam(), workload), 60);
    const CellOutcome opened = cell.opened();
    if (!supports(workload)) {
      EXPECT_EQ(opened.verdict, CellVerdict::kUnsupported);
      EXPECT_EQ(opened.reason, why_unsupported(descriptor(), workload));
      continue;
    }
    ASSERT_TRUE(opened.good()) << opened.reason;
    for (std::uint32_t slice = 1; slice <= 5; ++slice) {
      const std::uint64_t items = scaled(100) * slice;
      const SliceReply reply = cell.slice(slice, items, testing::kNeverCut);
      ASSERT_TRUE(reply.outcome.good()) << text(workload) << ": " << reply.outcome.reason;
      EXPECT_EQ(reply.items, items);
      EXPECT_EQ(reply.missed_wakeups, 0U);
    }
    const CellOutcome closed = cell.close();
    EXPECT_TRUE(closed.good()) << closed.reason;
  }
}

TEST_P(Conformance, IsDescribedForHumans) {
  const Descriptor& it = descriptor();
  EXPECT_FALSE(it.summary.empty());
  EXPECT_LE(it.summary.size(), 90U);
  EXPECT_FALSE(it.source.empty());
  for (const char c : it.name) EXPECT_TRUE(std::islower(c) || std::isdigit(c) || c == '_');
  ASSERT_NE(it.make, nullptr);
}

TEST_P(Conformance, SaysWhatItIsMadeOf) {
  const Descriptor& it = descriptor();
  EXPECT_NE(it.family, Family::kUnnamed);
  EXPECT_EQ(family_named(name(it.family)), it.family) << "in no vocabulary";
  EXPECT_NE(it.carrier, Carrier::kUnnamed);
  EXPECT_EQ(carrier_named(name(it.carrier)), it.carrier) << "in no vocabulary";
  EXPECT_FALSE(it.structure.empty());
  EXPECT_FALSE(it.origin.empty());
  EXPECT_EQ(it.family == Family::kReference, it.role == Role::kReference);
  if (it.origin == kOwnOrigin) return;
  EXPECT_NE(it.origin.find_first_of("0123456789"), std::string_view::npos)
      << it.origin << " has no version";
}

std::string strategy_name(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

INSTANTIATE_TEST_SUITE_P(Every, Conformance, ::testing::ValuesIn(honest_strategies()),
                         strategy_name);

}  // namespace
}  // namespace handoff
