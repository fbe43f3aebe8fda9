#include "bench/cell/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <string>
#include <vector>

namespace handoff {

namespace {

/// One kind of fault over all lanes.
struct Fault {
  std::uint64_t count = 0;
  std::vector<std::string> named;

  void add(const std::string& id) {
    if (++count <= Findings::kNamed) named.push_back(id);
  }
  void add(const Findings::List& list, const std::function<std::string(std::uint64_t)>& describe) {
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(list.count, Findings::kNamed); ++i) {
      if (named.size() < Findings::kNamed) named.push_back(describe(list.named[i]));
    }
    count += list.count;
  }
  std::string text(std::string_view what) const {
    return fmt::format("{} {} ({}{})", what, count, fmt::join(named, ", "),
                       count > named.size() ? ", …" : "");
  }
};

std::string describe(const ItemId& id) {
  return fmt::format("slice {} producer {} sequence {}", id.slice, id.producer, id.sequence);
}
std::string describe_packed(std::uint64_t packed) { return describe(item_code::unpack(packed)); }
std::string describe_word(std::uint64_t word) { return fmt::format("first word {:#018x}", word); }

/// Calls `use` with every sequence whose bit is set in `bits_of(word)`, in rising order, though the
/// words of a block of 512 hold every eighth (LaneSetup::sequence_of).
template <class Bits, class Use>
void for_each_in_order(std::uint64_t words, const Bits& bits_of, const Use& use) {
  constexpr unsigned kBlock = 8;
  for (std::uint64_t first = 0; first < words; first += kBlock) {
    std::uint64_t bits[kBlock], any = 0;
    for (unsigned i = 0; i < kBlock; ++i) any |= bits[i] = bits_of(first + i);
    for (; any != 0; any &= any - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(any));
      for (unsigned i = 0; i < kBlock; ++i) {
        if ((bits[i] >> bit & 1) != 0) use(LaneSetup::sequence_of(first + i, bit));
      }
    }
  }
}

std::string_view where_not_accepted(Transfer transfer) {
  return transfer == Transfer::kCopy ? "not accepted in the consumer's own buffer"
                                     : "not accepted where it was made";
}

/// Bits of a bitmap's word after a slice of `issued` items in which nothing went wrong.
std::uint64_t expected_word(std::uint64_t word, std::uint64_t issued) {
  const std::uint64_t first = LaneSetup::sequence_of(word, 0);
  const std::uint64_t bits =
      first >= issued ? 0 : std::min<std::uint64_t>((issued - first + 7) / 8, 64);
  return bits == 64 ? ~0ULL : (1ULL << bits) - 1;
}

}  // namespace

CellOutcome prove(const LaneSetup& lanes, const Promise& promise) {
  Fault unreadable, altered, stale, foreign, duplicated, reordered, lost, own, elsewhere;
  const std::uint64_t issued = lanes.issued();
  std::vector<std::uint64_t> seen(lanes.seen_by(0).size(), 0);

  for (std::uint32_t lane = 0; lane < lanes.consumers().size(); ++lane) {
    const Findings& found = lanes.findings_of(lane);
    unreadable.add(found.unreadable, describe_word);
    altered.add(found.altered, describe_packed);
    stale.add(found.stale, describe_packed);
    foreign.add(found.foreign, describe_packed);
    duplicated.add(found.duplicated, describe_packed);
    reordered.add(found.reordered, describe_packed);
    own.add(found.own, describe_packed);
    elsewhere.add(found.elsewhere, describe_packed);
    const std::span<const std::uint64_t> mine = lanes.seen_by(lane);
    for_each_in_order(
        mine.size(), [&](std::uint64_t word) { return seen[word] & mine[word]; },
        [&](std::uint64_t sequence) { duplicated.add(describe(lanes.id_of(sequence))); });
    for (std::uint64_t word = 0; word < mine.size(); ++word) seen[word] |= mine[word];
  }
  for_each_in_order(
      seen.size(), [&](std::uint64_t word) { return expected_word(word, issued) & ~seen[word]; },
      [&](std::uint64_t sequence) { lost.add(describe(lanes.id_of(sequence))); });
  for_each_in_order(
      seen.size(), [&](std::uint64_t word) { return seen[word] & ~expected_word(word, issued); },
      [&](std::uint64_t sequence) { foreign.add(describe(lanes.id_of(sequence))); });

  CellOutcome outcome;
  std::vector<std::string> faults;
  const auto judge = [&](const Fault& fault, std::string_view what, CellVerdict verdict) {
    if (fault.count == 0) return;
    if (outcome.good()) outcome.verdict = verdict;
    faults.push_back(fault.text(what));
  };
  judge(altered, "altered", CellVerdict::kCorrupted);
  judge(unreadable, "unreadable", CellVerdict::kCorrupted);
  judge(foreign, "never produced", CellVerdict::kCorrupted);
  judge(lost, "lost", CellVerdict::kLost);
  if (issued < lanes.items() && !lanes.was_cut()) {
    if (outcome.good()) outcome.verdict = CellVerdict::kLost;
    faults.push_back(fmt::format("stopped after drawing {} of {} items", issued, lanes.items()));
  }
  judge(duplicated, "duplicated", CellVerdict::kDuplicated);
  judge(stale, "of an earlier slice", CellVerdict::kStale);
  if (promise.fifo) judge(reordered, "overtaken", CellVerdict::kReordered);
  if (promise.hands_over) {
    judge(own, "accepted by the thread that drew it", CellVerdict::kNotHandedOver);
    const std::uint64_t under_way = lanes.most_under_way(),
                        most = under_way_limit(lanes.workload());
    if (under_way > most) {
      if (outcome.good()) outcome.verdict = CellVerdict::kOverfull;
      faults.push_back(fmt::format(
          "{} items under way at once, at most {} by the capacity of {} and {} threads", under_way,
          most, lanes.workload().capacity, most - lanes.workload().capacity));
    }
    judge(elsewhere, where_not_accepted(lanes.workload().transfer), CellVerdict::kWrongTransfer);
    if (lanes.made_elsewhere() > 0) {
      if (outcome.good()) outcome.verdict = CellVerdict::kWrongTransfer;
      faults.push_back(
          fmt::format("{} not made in the producer's own buffer", lanes.made_elsewhere()));
    }
  }
  if (!outcome.good()) {
    outcome.reason = fmt::format("slice {}: {}", lanes.slice(), fmt::join(faults, "; "));
  }
  return outcome;
}

}  // namespace handoff
