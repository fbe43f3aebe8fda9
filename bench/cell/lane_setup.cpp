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
constexpr std::uint64_t kLooksALane = 16;    // at least, when lanes are served alike
constexpr std::uint64_t kStrideOfDelays = 4;

std::uint64_t words_for(std::uint64_t items) { return (items + 511) / 512 * 8; }

/// Of a lane's own buffer: no two lanes share a pair of cache lines, and large buffers do not all
/// begin in one set of the cache.
std::size_t buffer_bytes(const Workload& workload) {
  const std::size_t room = std::max<std::size_t>(workload.payload, kLargestValue);
  return ((room + 127) / 128 | 1) * 128;
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
      words_(words_for(max_items)) {
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
  accepted_at_marks_ = carver.take<std::uint64_t>((Board::kMarks + 1) * consumers);
  buffers_ = carver.take<std::byte>((workload_.producers + consumers) * buffer_bytes(workload_));
  chunks_ = carver.take<Chunk>(max_items_);
  seen_ = carver.take<std::uint64_t>(consumers * words_);
  return carver.used();
}

LaneSetup::LaneSetup(SharedMemory memory, const Workload& workload, std::uint64_t max_items,
                     TickSource tick_source, std::uint64_t delays)
    : LaneSetup(std::move(memory), workload, max_items) {
  new (board_) Board{};
  board_->delays = delays;
  board_->tick_source = tick_source;
  board_->copies = workload.transfer == Transfer::kCopy;
  board_->producers = producers();
  board_->consumers = consumers();
  board_->chunks = chunks_;
  board_->accepted_at_marks = accepted_at_marks_;
  std::byte* buffer = buffers_;
  const auto equip = [&](auto& lane, std::uint32_t index) {
    lane.payload_ = workload.payload;
    lane.index_ = index;
    lane.board_ = board_;
    lane.buffer_ = std::exchange(buffer, buffer + buffer_bytes(workload));
    if (board_->copies) lane.wanted_at_ = lane.buffer_;
  };
  for (std::uint32_t i = 0; i < workload.producers; ++i) {
    equip(*new (&producers_[i]) Producer, i);
  }
  for (std::uint32_t i = 0; i < workload.consumers; ++i) {
    Consumer& lane = *new (&consumers_[i]) Consumer;
    equip(lane, i);
    lane.seen_ = seen_ + i * words_;
    lane.after_last_ = after_last_ + std::uint64_t{i} * workload.producers;
    lane.findings_ = new (&findings_[i]) Findings;
  }
}

LaneSetup LaneSetup::attach(SharedMemory memory, const Workload& workload,
                            std::uint64_t max_items) {
  return {std::move(memory), workload, max_items};
}

void LaneSetup::arm(std::uint32_t slice, std::uint64_t items) {
  const std::uint64_t slice_bits = item_code::pack({slice, 0, 0});
  // Lanes that delay do so at any item: where they draw a chunk, and where they look.
  const std::uint64_t largest_chunk = board_->delays == 0 ? kLargestChunk : 1;
  const std::uint64_t longest_stride = board_->delays == 0 ? items : kStrideOfDelays;
  const std::uint64_t share = std::max<std::uint64_t>(items / workload_.producers / 8, 1);
  board_->chunk_shift =
      static_cast<std::uint32_t>(std::bit_width(std::min(share, largest_chunk)) - 1);
  board_->slice = slice & ((1U << item_code::kSliceBits) - 1);
  board_->items = items;
  board_->mark_stride = std::max(std::bit_floor(std::max<std::uint64_t>(items / 16, 1)),
                                 std::uint64_t{1} << board_->chunk_shift);
  const std::uint64_t chunks = ((items - 1) >> board_->chunk_shift) + 1;
  std::memset(chunks_, 0, chunks * sizeof *chunks_);
  std::memset(after_last_, 0,
              sizeof *after_last_ * std::uint64_t{workload_.consumers} * workload_.producers);

  for (Producer& lane : producers()) {
    lane.base_ = slice_bits | item_code::pack({0, lane.index_, 0});
    lane.left_.store(0, std::memory_order_relaxed);
    lane.end_ = lane.started_at_ = lane.elsewhere_ = 0;
  }
  const std::uint64_t stride = std::bit_floor(
      std::clamp<std::uint64_t>(items / workload_.consumers / kLooksALane, 1, longest_stride));
  for (Consumer& lane : consumers()) {
    lane.base_ = slice_bits;
    lane.producers_end_ = std::uint64_t{workload_.producers} << item_code::kSequenceBits;
    lane.items_ = items;
    lane.next_look_ = 1;
    lane.look_mask_ = stride - 1;
    lane.accepted_.store(0, std::memory_order_relaxed);
    *lane.findings_ = Findings{};
    std::memset(lane.seen_, 0, words_for(items) * sizeof *lane.seen_);
  }
  for (Mark& mark : board_->marks) mark = {};
  board_->end = {};
  board_->exhausted.store(false, std::memory_order_relaxed);
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
  const Chunk* end =
      std::find_if(chunks_, chunks_ + chunks, [](const Chunk& chunk) { return chunk.owner == 0; });
  return std::min(static_cast<std::uint64_t>(end - chunks_) << board_->chunk_shift, board_->items);
}

std::vector<MarkReading> LaneSetup::read_marks() const {
  std::vector<MarkReading> all;
  const std::uint64_t chunk = 1ULL << board_->chunk_shift;
  const auto add = [&](const Mark& mark, std::uint64_t index, std::uint64_t drawn) {
    if (mark.ticks == 0) return;
    const std::uint64_t made = drawn - std::min(drawn, mark.in_hand);
    all.push_back(
        {.ticks = mark.ticks,
         .made = made,
         .accepted = mark.accepted,
         .accepted_by = {accepted_at_marks_ + index * workload_.consumers, workload_.consumers},
         .surely_made = made - std::min(made, mark.drawing * chunk)});
  };
  for (std::uint64_t i = 0; i < Board::kMarks; ++i) {
    add(board_->marks[i], i, i * board_->mark_stride);
  }
  add(board_->end, Board::kMarks, issued());
  return all;
}

std::uint64_t LaneSetup::most_under_way() const {
  std::uint64_t most = 0;
  for (const MarkReading& mark : read_marks()) {
    if (mark.surely_made > mark.accepted) most = std::max(most, mark.surely_made - mark.accepted);
  }
  return most;
}

std::uint64_t LaneSetup::made_elsewhere() const {
  std::uint64_t sum = 0;
  for (const Producer& lane : producers()) sum += lane.elsewhere_;
  return sum;
}

ItemId LaneSetup::id_of(std::uint64_t sequence) const {
  const std::uint32_t owner = chunks_[sequence >> board_->chunk_shift].owner;
  return {board_->slice, owner == 0 ? 0U : owner - 1U, static_cast<std::uint32_t>(sequence)};
}

std::uint64_t LaneSetup::accepted_by(std::uint32_t consumer) const {
  return consumers_[consumer].accepted();
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
