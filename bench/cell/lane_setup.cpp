#include "bench/cell/lane_setup.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

namespace handoff {

namespace {

constexpr std::uint64_t kCut = 1ULL << 40;   // added to Board::drawn: beyond any number of items
constexpr std::uint64_t kLargestChunk = 64;  // items drawn at a time
constexpr std::uint64_t kStampsALane = 64;   // aimed at, when lanes are served alike

std::uint64_t words_for(std::uint64_t items) { return (items + 511) / 512 * 8; }
std::uint64_t stamps_room(const Workload& workload) {
  return 2 * kStampsALane * workload.consumers + 2;  // one lane may take everything
}

/// Hands out consecutive places in a block of memory, on cache line pairs.
class Carver {
 public:
  explicit Carver(std::byte* base) : base_(reinterpret_cast<std::uintptr_t>(base)) {}
  template <class T>
  T* take(std::uint64_t count) {
    T* at = reinterpret_cast<T*>(base_ + used_);  // an integer: base may be null
    used_ += (count * sizeof(T) + 127) / 128 * 128;
    return at;
  }
  std::size_t used() const { return used_; }

 private:
  std::uintptr_t base_;
  std::size_t used_ = 0;
};

}  // namespace

std::size_t LaneSetup::bytes_needed(const Workload& workload, std::uint64_t max_items) {
  return LaneSetup(SharedMemory{}, workload, max_items).lay_out(nullptr);
}

LaneSetup::LaneSetup(SharedMemory memory, const Workload& workload, std::uint64_t max_items)
    : memory_(std::move(memory)),
      workload_(workload),
      max_items_(max_items),
      words_(words_for(max_items)),
      stamps_room_(handoff::stamps_room(workload)) {
  lay_out(memory_.data());
}

std::size_t LaneSetup::lay_out(std::byte* base) {
  const std::uint64_t consumers = workload_.consumers;
  Carver carver(base);
  board_ = carver.take<Board>(1);
  producers_ = carver.take<Producer>(workload_.producers);
  consumers_ = carver.take<Consumer>(consumers);
  findings_ = carver.take<Findings>(consumers);
  after_last_ = carver.take<std::uint32_t>(consumers * workload_.producers);
  stamps_ = carver.take<Stamp>(consumers * stamps_room_);
  owners_ = carver.take<std::uint16_t>(max_items_);
  seen_ = carver.take<std::uint64_t>(consumers * words_);
  return carver.used();
}

LaneSetup::LaneSetup(SharedMemory memory, const Workload& workload, std::uint64_t max_items,
                     TickSource tick_source)
    : LaneSetup(std::move(memory), workload, max_items) {
  new (board_) Board{};
  board_->tick_source = tick_source;
  for (std::uint32_t i = 0; i < workload.producers; ++i) {
    Producer& lane = *new (&producers_[i]) Producer;
    lane.payload_ = workload.payload;
    lane.index_ = i;
    lane.board_ = board_;
    lane.owners_ = owners_;
  }
  for (std::uint32_t i = 0; i < workload.consumers; ++i) {
    Consumer& lane = *new (&consumers_[i]) Consumer;
    lane.payload_ = workload.payload;
    lane.index_ = i;
    lane.board_ = board_;
    lane.seen_ = seen_ + i * words_;
    lane.after_last_ = after_last_ + std::uint64_t{i} * workload.producers;
    lane.stamps_ = stamps_ + i * stamps_room_;
    lane.stamps_room_ = stamps_room_;
    lane.findings_ = new (&findings_[i]) Findings;
  }
}

LaneSetup LaneSetup::attach(SharedMemory memory, const Workload& workload,
                            std::uint64_t max_items) {
  return {std::move(memory), workload, max_items};
}

void LaneSetup::arm(std::uint32_t slice, std::uint64_t items) {
  const std::uint64_t slice_bits = item_code::pack({slice, 0, 0});
  const std::uint64_t share = std::max<std::uint64_t>(items / workload_.producers / 8, 1);
  board_->chunk_shift =
      static_cast<std::uint32_t>(std::bit_width(std::min(share, kLargestChunk)) - 1);
  board_->slice = slice & ((1U << item_code::kSliceBits) - 1);
  board_->items = items;
  const std::uint64_t chunks = ((items - 1) >> board_->chunk_shift) + 1;
  std::memset(owners_, 0, chunks * sizeof *owners_);
  std::memset(after_last_, 0,
              sizeof *after_last_ * std::uint64_t{workload_.consumers} * workload_.producers);

  for (Producer& lane : producers()) {
    lane.base_ = slice_bits | item_code::pack({0, lane.index_, 0});
    lane.next_ = lane.end_ = lane.started_at_ = 0;
  }
  const std::uint64_t stride =
      std::bit_floor(std::max<std::uint64_t>(items / workload_.consumers / kStampsALane, 1));
  for (Consumer& lane : consumers()) {
    lane.base_ = slice_bits;
    lane.producers_end_ = std::uint64_t{workload_.producers} << item_code::kSequenceBits;
    lane.items_ = items;
    lane.stamp_mask_ = stride - 1;
    lane.accepted_.store(0, std::memory_order_relaxed);
    lane.stamps_used_ = 0;
    *lane.findings_ = Findings{};
    std::memset(lane.seen_, 0, words_for(items) * sizeof *lane.seen_);
  }
  board_->exhausted_at.store(0, std::memory_order_relaxed);
  board_->drawn.store(0, std::memory_order_relaxed);
}

void LaneSetup::cut() { board_->drawn.fetch_add(kCut, std::memory_order_relaxed); }

bool LaneSetup::was_cut() const { return board_->drawn.load(std::memory_order_relaxed) >= kCut; }

std::uint64_t LaneSetup::accepted() const {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < workload_.consumers; ++i) sum += accepted_by(i);
  return sum;
}

std::uint64_t LaneSetup::progress() const {
  // What exceeds the items of any slice is no progress: a strategy may hand in rubbish for ever.
  return std::min(board_->drawn.load(std::memory_order_relaxed), max_items_) +
         std::min(accepted(), max_items_);
}

std::uint64_t LaneSetup::issued() const {
  // Chunks are drawn in order, so those with an owner are a prefix.
  const std::uint64_t chunks = ((board_->items - 1) >> board_->chunk_shift) + 1;
  const std::uint16_t* end = std::find(owners_, owners_ + chunks, std::uint16_t{0});
  return std::min(static_cast<std::uint64_t>(end - owners_) << board_->chunk_shift, board_->items);
}

std::uint64_t LaneSetup::exhausted_at() const {
  return board_->exhausted_at.load(std::memory_order_relaxed);
}

ItemId LaneSetup::id_of(std::uint64_t sequence) const {
  const std::uint16_t owner = owners_[sequence >> board_->chunk_shift];
  return {board_->slice, owner == 0 ? 0U : owner - 1U, static_cast<std::uint32_t>(sequence)};
}

std::uint64_t LaneSetup::accepted_by(std::uint32_t consumer) const {
  return consumers_[consumer].accepted_.load(std::memory_order_relaxed);
}

std::span<const Stamp> LaneSetup::stamps_of(std::uint32_t consumer) const {
  const Consumer& lane = consumers_[consumer];
  return {stamps_ + consumer * stamps_room_, lane.stamps_used_};
}

std::span<const std::uint64_t> LaneSetup::seen_by(std::uint32_t consumer) const {
  return {seen_ + consumer * words_, words_for(board_->items)};
}

std::uint64_t LaneSetup::last_producer_start() const {
  std::uint64_t latest = 0;
  for (const Producer& lane : producers()) latest = std::max(latest, lane.started_at_);
  return latest;
}

}  // namespace handoff
