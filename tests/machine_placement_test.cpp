#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <stdexcept>

#include "bench/machine/placement.h"

namespace handoff {
namespace {

using Cpus = std::vector<int>;

// hwloc numbers the CPUs of a synthetic machine along its tree: siblings are 2k and 2k + 1.
const char* const kFourCores = "package:1 l3:1 l2:4 core:1 pu:1";
const char* const kFourCoresSmt = "package:1 l3:1 core:4 pu:2";
const char* const kTwoSocketsSmt = "package:2 l3:2 core:2 pu:2";  // 16 CPUs, 8 a socket, 4 an L3

Topology machine(const std::string& description) {
  auto topology = synthetic_topology(description);
  EXPECT_TRUE(topology) << description;
  return topology.value_or(Topology{});
}

CpuAllowance allow(Cpus cpus) {
  CpuAllowance allowance;
  allowance.usable = static_cast<int>(cpus.size());
  allowance.cpus = std::move(cpus);
  return allowance;
}

CpuAllowance allow_first(int count) {
  Cpus cpus(static_cast<std::size_t>(count));
  std::iota(cpus.begin(), cpus.end(), 0);
  return allow(std::move(cpus));
}

PinRequest pin(const std::string& text) {
  std::string error;
  const auto request = parse_pin(text, error);
  EXPECT_TRUE(request) << error;
  return request.value_or(PinRequest{});
}

Placement placed(const std::string& mode, unsigned producers, unsigned consumers,
                 const std::string& description, const CpuAllowance& allowance) {
  return place(pin(mode), producers, consumers, producers + consumers, machine(description),
               allowance);
}

TEST(Topology, CountsASyntheticMachine) {
  const Topology topology = machine(kTwoSocketsSmt);
  EXPECT_EQ(topology.packages, 2);
  EXPECT_EQ(topology.cores, 8);
  EXPECT_EQ(topology.pus.size(), 16U);
  EXPECT_TRUE(topology.smt());
  EXPECT_FALSE(machine(kFourCores).smt());
  ASSERT_EQ(topology.caches.size(), 1U);
  EXPECT_EQ(topology.caches[0].level, 3);
  EXPECT_EQ(topology.caches[0].shared_by, 4);
  EXPECT_EQ(topology.caches[0].count, 4);
}

TEST(Topology, OfANonsensicalDescriptionIsNone) { EXPECT_FALSE(synthetic_topology("cheese:4")); }

TEST(Topology, OfThisMachineHoldsTheCpusOfThisProcess) {
  const Topology topology = load_topology();
  std::set<int> known;
  for (const Pu& pu : topology.pus) known.insert(pu.cpu);
  for (const int cpu : affinity_mask()) EXPECT_TRUE(known.contains(cpu)) << cpu;
}

TEST(Pin, IsReadAndWrittenAlike) {
  for (const auto* text : {"auto", "none", "compact", "scatter", "0", "0,2-3", "3,1"}) {
    EXPECT_EQ(to_string(pin(text)), text);
  }
  EXPECT_EQ(pin("0,2-3").cpus, (Cpus{0, 2, 3}));
}

TEST(Pin, RefusesAnUnknownWordInASentenceWithTheValidOnes) {
  std::string error;
  EXPECT_FALSE(parse_pin("compct", error));
  EXPECT_EQ(error,
            "--pin 'compct' is unknown; give auto, none, compact, scatter or a list of CPUs such "
            "as 0,2-3.");
  EXPECT_FALSE(parse_pin("", error));
}

TEST(Pin, RefusesABrokenListInASentenceWithTheReason) {
  std::string error;
  EXPECT_FALSE(parse_pin("0,3-1", error));
  EXPECT_EQ(error,
            "--pin '0,3-1': the range '3-1' runs backwards; give CPUs as in 0,2-3, or auto, none, "
            "compact, scatter.");
}

TEST(Pin, RefusesACpuThatIsNotAllowed) {
  const CpuAllowance allowance = allow({0, 1, 4});
  EXPECT_EQ(pin_error(pin("1,2"), allowance),
            "--pin 1-2 names CPU 2, which this process may not use; allowed are 0-1,4.");
  EXPECT_EQ(pin_error(pin("4,0"), allowance), "");
  EXPECT_EQ(pin_error(pin("auto"), allowance), "");
  EXPECT_THROW(place(pin("1,2"), 1, 1, 2, machine(kFourCores), allowance), std::invalid_argument);
}

TEST(PlaceNone, BindsNothing) {
  const auto placement = placed("none", 1, 1, kFourCores, allow_first(4));
  EXPECT_FALSE(placement.bound);
  EXPECT_TRUE(placement.cpus.empty());
  EXPECT_FALSE(placement.oversubscribed);
  EXPECT_EQ(placement.mode, "none");
  EXPECT_TRUE(placed("none", 4, 4, kFourCores, allow_first(4)).oversubscribed);
}

TEST(PlaceAuto, GivesEachThreadACoreOfItsOwn) {
  const auto placement = placed("auto", 2, 2, kFourCoresSmt, allow_first(8));
  EXPECT_TRUE(placement.bound);
  EXPECT_EQ(placement.cpus, (Cpus{0, 4, 2, 6}));  // producers 0 and 4, consumers 2 and 6
  EXPECT_FALSE(placement.oversubscribed);
  EXPECT_EQ(placement.note, "");
}

TEST(PlaceAuto, UsesSiblingsWhenCoresDoNotSuffice) {
  const auto placement = placed("auto", 3, 3, kFourCoresSmt, allow_first(8));
  EXPECT_TRUE(placement.bound);
  EXPECT_EQ(std::set<int>(placement.cpus.begin(), placement.cpus.end()),
            (std::set<int>{0, 2, 4, 6, 1, 3}));
  EXPECT_EQ(placement.note, "6 executing threads on 4 cores: some share a core (SMT)");
}

TEST(PlaceAuto, LeavesThreadsFreeWhereCpusAreTooFew) {
  const auto placement = placed("auto", 4, 4, kFourCores, allow_first(4));
  EXPECT_FALSE(placement.bound);
  EXPECT_TRUE(placement.cpus.empty());
  EXPECT_TRUE(placement.oversubscribed);
  EXPECT_EQ(placement.note, "8 executing threads on 4 usable CPUs: left to the scheduler");
}

TEST(PlaceAuto, CountsTheQuotaAsAvailableNotTheMask) {
  CpuAllowance allowance = allow_first(4);
  allowance.quota = 2.5;
  allowance.usable = 2;
  EXPECT_TRUE(placed("auto", 1, 1, kFourCores, allowance).bound);
  const auto placement = placed("auto", 2, 1, kFourCores, allowance);
  EXPECT_FALSE(placement.bound);
  EXPECT_TRUE(placement.oversubscribed);
}

TEST(PlaceAuto, StaysInsideTheMask) {
  const auto placement = placed("auto", 1, 1, kFourCoresSmt, allow({3, 6, 7}));
  EXPECT_EQ(placement.cpus, (Cpus{3, 6}));
}

TEST(PlaceAuto, BindsTheSingleThreadOfADirectCall) {
  const auto placement = place(pin("auto"), 1, 1, 1, machine(kFourCores), allow_first(4));
  EXPECT_EQ(placement.cpus, (Cpus{0}));
}

TEST(PlaceAuto, GivesThreadsBeyondProducersAndConsumersCpusToo) {
  const auto placement = place(pin("auto"), 1, 1, 4, machine(kFourCores), allow_first(4));
  EXPECT_EQ(placement.cpus, (Cpus{0, 1, 2, 3}));
}

TEST(PlaceAuto, MixesUnequalSidesEvenly) {
  const auto placement = placed("auto", 4, 2, "package:1 l3:1 core:8 pu:1", allow_first(8));
  EXPECT_EQ(placement.cpus, (Cpus{0, 2, 3, 5, 1, 4}));  // P C P P C P
}

TEST(PlaceAuto, WorksWithoutATopology) {
  const auto placement = place(pin("auto"), 1, 1, 2, Topology{}, allow({2, 5}));
  EXPECT_EQ(placement.cpus, (Cpus{2, 5}));
}

TEST(PlaceCompact, PutsAProducerAndItsConsumerOnOneCore) {
  const auto placement = placed("compact", 2, 2, kFourCoresSmt, allow_first(8));
  EXPECT_EQ(placement.cpus, (Cpus{0, 2, 1, 3}));  // core 0: P0 C0, core 1: P1 C1
}

TEST(PlaceCompact, FillsACacheBeforeTheNext) {
  const auto placement = placed("compact", 2, 2, "package:2 l3:2 core:2 pu:1", allow_first(8));
  EXPECT_EQ(placement.cpus, (Cpus{0, 2, 1, 3}));  // L3 0 holds P0 C0, L3 1 holds P1 C1
}

TEST(PlaceCompact, TakesTurnsWhereThreadsExceedCpus) {
  const auto placement = placed("compact", 3, 3, kFourCores, allow_first(4));
  EXPECT_TRUE(placement.bound);
  EXPECT_TRUE(placement.oversubscribed);
  EXPECT_EQ(placement.cpus, (Cpus{0, 2, 0, 1, 3, 1}));
  EXPECT_EQ(placement.note, "6 executing threads take turns on 4 CPUs");
}

TEST(PlaceScatter, PutsAProducerAndItsConsumerOnDifferentPackages) {
  EXPECT_EQ(placed("scatter", 1, 1, kTwoSocketsSmt, allow_first(16)).cpus, (Cpus{0, 8}));
}

TEST(PlaceScatter, SpreadsOverPackagesThenCachesThenCoresThenSiblings) {
  const auto placement = placed("scatter", 8, 8, kTwoSocketsSmt, allow_first(16));
  // Thread k of the alternating order P0 C0 P1 C1 … has the k-th CPU.
  Cpus order;
  for (std::size_t i = 0; i < 8; ++i) {
    order.push_back(placement.cpus[i]);
    order.push_back(placement.cpus[8 + i]);
  }
  EXPECT_EQ(order, (Cpus{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}));
}

TEST(PlaceScatter, SpreadsOverCoresWithCachesOfTheirOwn) {
  const auto placement = placed("scatter", 1, 1, "package:1 l2:2 core:1 pu:2", allow_first(4));
  EXPECT_EQ(placement.cpus, (Cpus{0, 2}));
}

TEST(PlaceList, GivesTheFirstCpusToProducersAndTheNextToConsumers) {
  EXPECT_EQ(placed("3,1,0,2", 2, 2, kFourCores, allow_first(4)).cpus, (Cpus{3, 1, 0, 2}));
}

TEST(PlaceList, LeavesCpusBeyondTheThreadsAlone) {
  const auto placement = placed("3,1,0", 1, 1, kFourCores, allow_first(4));
  EXPECT_EQ(placement.cpus, (Cpus{3, 1}));
  EXPECT_EQ(placement.mode, "3,1,0");
  EXPECT_FALSE(placement.oversubscribed);
}

TEST(PlaceList, IsRepeatedWhereThreadsExceedIt) {
  const auto placement = placed("2-3", 2, 2, kFourCores, allow_first(4));
  EXPECT_TRUE(placement.bound);
  EXPECT_TRUE(placement.oversubscribed);
  EXPECT_EQ(placement.cpus, (Cpus{2, 3, 2, 3}));
}

TEST(PlaceList, NamingOneCpuTwiceIsOversubscribed) {
  EXPECT_TRUE(placed("1,1", 1, 1, kFourCores, allow_first(4)).oversubscribed);
}

}  // namespace
}  // namespace handoff
