#include "bench/cell/proof.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "bench/cell/lane_setup.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using Bytes = std::vector<std::byte>;

/// A slice driven by hand: what a strategy would do, item by item.
class ByHand {
 public:
  explicit ByHand(const Workload& workload, std::uint64_t max_items = 1 << 12)
      : workload_(workload), lanes(testing::make_lanes(workload, max_items)) {}

  void arm(std::uint32_t slice, std::uint64_t items) { lanes.arm(slice, items); }
  /// Draws until nothing is left, from one producer; items in the order drawn.
  std::vector<Bytes> draw(std::uint32_t producer = 0, std::size_t most = ~std::size_t{0}) {
    std::vector<Bytes> items;
    while (items.size() < most) {
      Bytes item(workload_.payload);
      if (!lanes.producers()[producer].next(item.data())) break;
      items.push_back(std::move(item));
    }
    return items;
  }
  void accept(const Bytes& item, std::uint32_t consumer = 0) {
    lanes.consumers()[consumer].accept(item.data());
  }
  void accept_all(const std::vector<Bytes>& items) {
    for (const Bytes& item : items) accept(item);
  }
  CellOutcome prove(bool fifo = true) const {
    return handoff::prove(lanes, {.fifo = fifo, .hands_over = false});
  }

 private:
  Workload workload_;

 public:
  LaneSetup lanes;
};

Bytes forged(std::uint32_t payload, const ItemId& id) {
  Bytes item(payload);
  item_code::write(item.data(), payload, item_code::encode(item_code::pack(id)));
  return item;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t named_in(const CellOutcome& outcome) {
  std::size_t named = 0;
  for (std::size_t at = 0; (at = outcome.reason.find("sequence", at)) != std::string::npos; ++at) {
    ++named;
  }
  return named;
}

TEST(Proof, FindsNothingWrongWithAllItemsInOrder) {
  for (const std::uint64_t items : {1U, 2U, 7U, 8U, 63U, 64U, 65U, 511U, 512U, 513U, 4096U}) {
    ByHand slice({});
    slice.arm(1, items);
    slice.accept_all(slice.draw());
    const CellOutcome outcome = slice.prove();
    EXPECT_EQ(outcome.verdict, CellVerdict::kDelivered) << items;
    EXPECT_EQ(outcome.reason, "");
    EXPECT_EQ(slice.lanes.issued(), items);
  }
}

TEST(Proof, NamesEachSingleLostItem) {
  constexpr std::uint32_t kDelivered = 1100;  // more than two blocks of the bitmap
  for (std::uint32_t gone = 0; gone < kDelivered; ++gone) {
    ByHand slice({.payload = 8});
    slice.arm(4, kDelivered);
    for (const std::vector<Bytes> items = slice.draw(); const Bytes& item : items) {
      if (&item - items.data() != gone) slice.accept(item);
    }
    const CellOutcome outcome = slice.prove();
    ASSERT_EQ(outcome.verdict, CellVerdict::kLost);
    ASSERT_EQ(outcome.reason,
              "slice 4: lost 1 (slice 4 producer 0 sequence " + std::to_string(gone) + ")");
  }
}

TEST(Proof, NamesWhoProducedWhatWasLost) {
  ByHand slice({.producers = 3});
  slice.arm(2, 48);  // chunks of 2
  const std::vector<Bytes> second = slice.draw(1, 2), third = slice.draw(2, 2);
  slice.accept_all(slice.draw(0));
  slice.accept(second[0]);
  slice.accept(third[1]);
  EXPECT_EQ(slice.prove().reason,
            "slice 2: lost 2 (slice 2 producer 1 sequence 1, slice 2 producer 2 sequence 2)");
}

TEST(Proof, NamesEightOfManyLostItemsAndCountsAll) {
  ByHand slice({});
  slice.arm(1, 1000);
  slice.draw();
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kLost);
  EXPECT_TRUE(outcome.reason.starts_with("slice 1: lost 1000 (slice 1 producer 0 sequence 0, "));
  EXPECT_TRUE(outcome.reason.ends_with(", …)")) << outcome.reason;
  EXPECT_EQ(named_in(outcome), Findings::kNamed);
}

TEST(Proof, NamesEightOfManyDoubledItemsAndCountsAll) {
  ByHand slice({.consumers = 2});
  slice.arm(1, 64);
  for (const Bytes& item : slice.draw()) {
    slice.accept(item, 0);
    slice.accept(item, 1);
  }
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kDuplicated);
  EXPECT_TRUE(contains(outcome.reason, "duplicated 64 (")) << outcome.reason;
  EXPECT_EQ(named_in(outcome), Findings::kNamed);
}

TEST(Proof, FindsAnItemAcceptedTwiceByOneLane) {
  ByHand slice({});
  slice.arm(5, 20);
  const std::vector<Bytes> items = slice.draw();
  slice.accept_all(items);
  slice.accept(items[13]);
  const CellOutcome outcome = slice.prove(false);
  EXPECT_EQ(outcome.verdict, CellVerdict::kDuplicated);
  EXPECT_EQ(outcome.reason, "slice 5: duplicated 1 (slice 5 producer 0 sequence 13)");
}

TEST(Proof, FindsAnItemAcceptedByTwoLanes) {
  ByHand slice({.consumers = 3});
  slice.arm(5, 20);
  const std::vector<Bytes> items = slice.draw();
  slice.accept_all(items);
  slice.accept(items[13], 2);
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kDuplicated);
  EXPECT_EQ(outcome.reason, "slice 5: duplicated 1 (slice 5 producer 0 sequence 13)");
}

TEST(Proof, FindsAnItemAcceptedByThreeLanesAsTwoDuplicates) {
  ByHand slice({.consumers = 3});
  slice.arm(1, 8);
  const std::vector<Bytes> items = slice.draw();
  slice.accept_all(items);
  slice.accept(items[3], 1);
  slice.accept(items[3], 2);
  EXPECT_TRUE(slice.prove().reason.starts_with("slice 1: duplicated 2 ("));
}

TEST(Proof, NamesBothTheLostAndTheDoubledItemAndCallsItLost) {
  ByHand slice({.consumers = 2});
  slice.arm(9, 100);
  const std::vector<Bytes> items = slice.draw();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 40) slice.accept(items[i]);
  }
  slice.accept(items[50], 1);
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kLost);
  EXPECT_EQ(outcome.reason,
            "slice 9: lost 1 (slice 9 producer 0 sequence 40); "
            "duplicated 1 (slice 9 producer 0 sequence 50)");
}

TEST(Proof, FindsOvertakingOfOneProducersItemsWhereFifoIsPromised) {
  ByHand slice({});
  slice.arm(1, 30);
  std::vector<Bytes> items = slice.draw();
  std::swap(items[10], items[11]);
  slice.accept_all(items);
  EXPECT_EQ(slice.prove(false).verdict, CellVerdict::kDelivered);
  const CellOutcome outcome = slice.prove(true);
  EXPECT_EQ(outcome.verdict, CellVerdict::kReordered);
  EXPECT_EQ(outcome.reason, "slice 1: overtaken 1 (slice 1 producer 0 sequence 10)");
}

TEST(Proof, AllowsItemsOfDifferentProducersToOvertakeEachOther) {
  ByHand slice({.producers = 2});
  slice.arm(1, 30);
  const std::vector<Bytes> first = slice.draw(0, 3);
  slice.accept_all(slice.draw(1));
  slice.accept_all(first);
  EXPECT_EQ(slice.prove().verdict, CellVerdict::kDelivered);
}

TEST(Proof, AllowsItemsOfOneProducerToReachDifferentConsumersOutOfStep) {
  ByHand slice({.consumers = 2});
  slice.arm(1, 30);
  const std::vector<Bytes> items = slice.draw();
  for (std::size_t i = 15; i < 30; ++i) slice.accept(items[i], 0);
  for (std::size_t i = 0; i < 15; ++i) slice.accept(items[i], 1);
  EXPECT_EQ(slice.prove().verdict, CellVerdict::kDelivered);
}

TEST(Proof, FindsAnItemOfTheSliceBefore) {
  ByHand slice({});
  slice.arm(1, 10);
  const std::vector<Bytes> before = slice.draw();
  slice.accept_all(before);
  ASSERT_TRUE(slice.prove().good());
  slice.arm(2, 10);
  slice.accept_all(slice.draw());
  slice.accept(before[4]);
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kStale);
  EXPECT_EQ(outcome.reason, "slice 2: of an earlier slice 1 (slice 1 producer 0 sequence 4)");
}

TEST(Proof, FindsAStaleItemAcrossTheWrapOfSliceNumbers) {
  ByHand slice({});
  slice.arm(4095, 10);
  const std::vector<Bytes> before = slice.draw();
  slice.accept_all(before);
  slice.arm(4096, 10);
  slice.accept_all(slice.draw());
  slice.accept(before[4]);
  EXPECT_EQ(slice.prove().verdict, CellVerdict::kStale);
}

TEST(Proof, ForgetsTheFaultsOfTheSliceBefore) {
  ByHand slice({});
  slice.arm(1, 2000);
  slice.draw();
  ASSERT_FALSE(slice.prove().good());
  for (std::uint32_t next = 2; next < 6; ++next) {
    slice.arm(next, 2000);
    slice.accept_all(slice.draw());
    EXPECT_TRUE(slice.prove().good()) << next;
  }
}

TEST(Proof, CallsIdsThatNobodyDrewCorrupted) {
  const Workload workload{.producers = 2};
  const struct {
    const char* what;
    ItemId id;
  } foreign[] = {{"a producer that does not exist", {1, 2, 5}},
                 {"a sequence behind the last", {1, 0, 10}},
                 {"a far sequence", {1, 0, (1U << 30) - 1}}};
  for (const auto& [what, id] : foreign) {
    ByHand slice(workload);
    slice.arm(1, 10);
    slice.accept_all(slice.draw());
    slice.accept(forged(64, id));
    const CellOutcome outcome = slice.prove();
    EXPECT_EQ(outcome.verdict, CellVerdict::kCorrupted) << what;
    EXPECT_EQ(outcome.reason, "slice 1: never produced 1 (slice 1 producer " +
                                  std::to_string(id.producer) + " sequence " +
                                  std::to_string(id.sequence) + ")");
  }
}

TEST(Proof, CallsASequenceThatWasNotYetDrawnCorrupted) {
  ByHand slice({});
  slice.arm(1, 640);
  slice.accept_all(slice.draw(0, 64));  // one chunk
  slice.lanes.cut();
  slice.accept(forged(64, {1, 0, 100}));
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kCorrupted);
  EXPECT_EQ(outcome.reason, "slice 1: never produced 1 (slice 1 producer 0 sequence 100)");
}

TEST(Proof, NamesTheFirstWordOfWhatIsNoItem) {
  ByHand slice({.payload = 8});
  slice.arm(1, 3);
  slice.accept_all(slice.draw());
  Bytes garbage(8, std::byte{0x5a});
  slice.accept(garbage);
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kCorrupted);
  EXPECT_EQ(outcome.reason, "slice 1: unreadable 1 (first word 0x5a5a5a5a5a5a5a5a)");
}

TEST(Proof, FindsAnAlterationOfEverySingleByte) {
  for (const std::uint32_t payload : {8U, 9U, 64U, 100U, 300U}) {
    ByHand slice({.payload = payload});
    for (std::uint32_t at = 0; at < payload; ++at) {
      const std::uint32_t number = at + 1;
      slice.arm(number, 10);
      std::vector<Bytes> items = slice.draw();
      items[6][at] ^= static_cast<std::byte>(1U << (at % 8));
      slice.accept_all(items);
      const CellOutcome outcome = slice.prove();
      ASSERT_EQ(outcome.verdict, CellVerdict::kCorrupted) << "byte " << at << " of " << payload;
      const std::string id = "(slice " + std::to_string(number) + " producer 0 sequence 6)";
      ASSERT_TRUE(contains(outcome.reason, "lost 1 " + id)) << outcome.reason;
      ASSERT_TRUE(contains(outcome.reason, at < 8 ? "unreadable 1 (first word" : "altered 1 " + id))
          << outcome.reason;
    }
  }
}

/// Values of the sizes that channels use, larger than the payload or equal to it.
template <std::size_t N>
void expect_alterations_found_in_values(std::uint32_t payload) {
  LaneSetup lanes = testing::make_lanes({.payload = payload}, 16);
  for (std::uint32_t at = 0; at < payload; ++at) {
    lanes.arm(at + 1, 3);
    for (Value<N> value{}; lanes.producers()[0].next(value);) {
      if (item_code::unpack(item_code::decode(item_code::first_word(value.bytes.data())))
              .sequence == 1) {
        value.bytes[at] ^= std::byte{0x80};
      }
      lanes.consumers()[0].accept(value);
    }
    ASSERT_EQ(prove(lanes, testing::kByHand).verdict, CellVerdict::kCorrupted)
        << at << " of " << payload;
  }
}

TEST(Proof, FindsAnAlterationOfEverySingleByteOfValues) {
  expect_alterations_found_in_values<8>(8);
  expect_alterations_found_in_values<16>(9);
  expect_alterations_found_in_values<16>(16);
  expect_alterations_found_in_values<64>(64);
  expect_alterations_found_in_values<128>(100);
  expect_alterations_found_in_values<256>(200);
  expect_alterations_found_in_values<256>(256);
}

TEST(Proof, IgnoresWhatLiesBehindThePayloadInALargerValue) {
  LaneSetup lanes = testing::make_lanes({.payload = 9}, 16);
  lanes.arm(1, 3);
  for (Value<16> value{}; lanes.producers()[0].next(value);) {
    value.bytes[9] = std::byte{0xee};
    lanes.consumers()[0].accept(value);
  }
  EXPECT_TRUE(prove(lanes, testing::kByHand).good());
}

TEST(Proof, AsksOnlyForWhatWasDrawnOfACutSlice) {
  ByHand slice({.producers = 2});
  slice.arm(1, 4000);
  const std::vector<Bytes> some = slice.draw(0, 70);  // in its second chunk of 64
  slice.lanes.cut();
  slice.accept_all(some);
  slice.accept_all(slice.draw(0));  // the rest of the chunk
  EXPECT_TRUE(slice.draw(1).empty());
  EXPECT_EQ(slice.lanes.issued(), 128U);
  EXPECT_TRUE(slice.lanes.was_cut());
  EXPECT_TRUE(slice.prove().good()) << slice.prove().reason;
}

TEST(Proof, FindsWhatACutSliceLost) {
  ByHand slice({});
  slice.arm(1, 4000);
  std::vector<Bytes> some = slice.draw(0, 64);
  slice.lanes.cut();
  some.erase(some.begin() + 30);
  slice.accept_all(some);
  EXPECT_EQ(slice.prove().reason, "slice 1: lost 1 (slice 1 producer 0 sequence 30)");
}

TEST(Proof, ACutSliceOfWhichNothingWasDrawnIsDelivered) {
  ByHand slice({});
  slice.arm(1, 4000);
  slice.lanes.cut();
  EXPECT_TRUE(slice.draw().empty());
  EXPECT_EQ(slice.lanes.issued(), 0U);
  EXPECT_TRUE(slice.prove().good());
}

TEST(Proof, ASliceIsNotCutForThatTheOneBeforeWas) {
  ByHand slice({});
  slice.arm(1, 4000);
  slice.lanes.cut();
  slice.arm(2, 4000);
  EXPECT_FALSE(slice.lanes.was_cut());
  EXPECT_EQ(slice.draw().size(), 4000U);
}

TEST(Proof, FindsThatAStrategyStoppedDrawing) {
  ByHand slice({});
  slice.arm(1, 640);
  slice.accept_all(slice.draw(0, 64));
  const CellOutcome outcome = slice.prove();
  EXPECT_EQ(outcome.verdict, CellVerdict::kLost);
  EXPECT_EQ(outcome.reason, "slice 1: stopped after drawing 64 of 640 items");
}

TEST(Proof, FindsThatAStrategyNeverBegan) {
  ByHand slice({});
  slice.arm(1, 640);
  EXPECT_EQ(slice.prove().reason, "slice 1: stopped after drawing 0 of 640 items");
}

/// Draws all items of `lanes` in this thread, in place, and keeps `under_way` of them; another
/// thread, or this one, accepts them.
CellOutcome handed_over(const Workload& workload, std::uint64_t items, std::size_t under_way,
                        bool by_another) {
  LaneSetup lanes = testing::make_lanes(workload, items);
  lanes.arm(1, items);
  std::vector<Value<64>> places(items);
  std::size_t accepted = 0;
  const auto accept_until = [&](std::size_t end) {
    const auto accept = [&] {
      for (; accepted < end; ++accepted) lanes.consumers()[0].accept(places[accepted]);
    };
    by_another ? std::thread(accept).join() : accept();
  };
  for (std::size_t i = 0; i < items; ++i) {
    if (i >= accepted + under_way) accept_until(i);
    lanes.producers()[0].next(places[i]);
  }
  Value<64> none{};
  EXPECT_FALSE(lanes.producers()[0].next(none));
  accept_until(items);
  return prove(lanes, {.fifo = true, .hands_over = true});
}

constexpr Workload kInPlaceOf20{.capacity = 20, .transfer = Transfer::kInPlace};

TEST(Proof, DemandsThatAnotherThreadAcceptsAnItemThanTheOneThatDrewIt) {
  EXPECT_TRUE(handed_over(kInPlaceOf20, 100, 10, true).good());
  const CellOutcome own = handed_over(kInPlaceOf20, 100, 10, false);
  EXPECT_EQ(own.verdict, CellVerdict::kNotHandedOver);
  EXPECT_TRUE(contains(own.reason, "accepted by the thread that drew it")) << own.reason;
}

TEST(Proof, AllowsAsManyItemsUnderWayAsTheCapacityAndOneInEachHand) {
  EXPECT_TRUE(handed_over(kInPlaceOf20, 1000, 22, true).good());
  const CellOutcome more = handed_over(kInPlaceOf20, 1000, 200, true);
  EXPECT_EQ(more.verdict, CellVerdict::kOverfull);
  EXPECT_TRUE(contains(more.reason, "items under way at once, at most 22 by the capacity of 20"))
      << more.reason;
}

TEST(Proof, DemandsThatACopiedItemIsMadeAndAcceptedInTheBuffersOfItsLanes) {
  for (const bool made : {true, false}) {
    for (const bool accepted : {true, false}) {
      LaneSetup lanes = testing::make_lanes({.payload = 64}, 10);
      lanes.arm(1, 10);
      Producer& producer = lanes.producers()[0];
      Consumer& consumer = lanes.consumers()[0];
      Value<64> elsewhere{};
      Value<64>& from = made ? producer.own<Value<64>>() : elsewhere;
      Value<64>& to = accepted ? consumer.own<Value<64>>() : elsewhere;
      while (producer.next(from)) {
        to = from;
        std::thread([&] { consumer.accept(to); }).join();
      }
      const CellOutcome outcome = prove(lanes, {.fifo = true, .hands_over = true});
      EXPECT_EQ(outcome.good(), made && accepted) << outcome.reason;
      if (outcome.good()) continue;
      EXPECT_EQ(outcome.verdict, CellVerdict::kWrongTransfer);
      EXPECT_EQ(contains(outcome.reason, "10 not made in the producer's own buffer"), !made);
      EXPECT_EQ(contains(outcome.reason, "not accepted in the consumer's own buffer 10"),
                !accepted);
    }
  }
}

TEST(Proof, DemandsThatAMovedItemIsAcceptedWhereItWasMade) {
  for (const Transfer transfer : {Transfer::kMove, Transfer::kInPlace}) {
    for (const bool copied : {false, true}) {
      LaneSetup lanes = testing::make_lanes({.payload = 64, .transfer = transfer}, 10);
      lanes.arm(1, 10);  // chunks of 1, and each item is looked at
      Value<64> place{}, copy{};
      while (lanes.producers()[0].next(place)) {
        copy = place;
        std::thread([&] { lanes.consumers()[0].accept(copied ? copy : place); }).join();
      }
      const CellOutcome outcome = prove(lanes, {.fifo = true, .hands_over = true});
      EXPECT_EQ(outcome.verdict, copied ? CellVerdict::kWrongTransfer : CellVerdict::kDelivered);
      EXPECT_EQ(contains(outcome.reason, "not accepted where it was made 10"), copied);
    }
  }
}

}  // namespace
}  // namespace handoff
