// Where a strategy meets the workload: producers draw items from their lane, consumers hand them to
// theirs. The lanes write and check every byte, count, and note the time, so that no strategy can
// skip the proof.
//
// Sequences are drawn in chunks from one counter (Board::drawn), so that all producers stay busy
// to the end of the slice whatever their speed. A consumer lane keeps a bitmap of what it took;
// after the slice the cell merges them and can name each lost or doubled id (bench/cell/proof.h).
//
// Now and then a producer that draws a chunk sets a mark: the time, what all consumers have
// accepted, and so how many items are under way. The timed window lies between two marks, and no
// mark may show more items under way than the capacity allows. Now and then a consumer looks who
// drew the item before it: another thread must have.
//
// Lanes can delay their threads (`handoff prove`): where they draw a chunk and where they look,
// both off the path of an item. Then each item is a chunk, and looks are close.
//
// Each lane has a buffer of its own. Where the transfer is copy, the producer's is the only place
// that it fills, and the consumer's the only one from which it accepts: two copies, whatever lies
// between.
//
// All of it lies in shared memory, mapped before any worker is forked: a lane may be used by
// another process, but by one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "bench/interface/clock.h"
#include "bench/interface/item_code.h"
#include "bench/interface/message.h"
#include "bench/interface/workload.h"

namespace handoff {

class Producer;
class Consumer;

/// Who drew a chunk of sequences. Written by the producer that drew it; read by consumers that have
/// an item of it: published by the strategy's own hand-over.
struct Chunk {
  const std::byte* first_at;  // where its first item was written
  std::uint32_t thread;       // number of the thread in the kernel
  std::uint32_t owner;        // index of the producer's lane + 1; 0: nobody
};

/// How far a slice had come when a producer drew a chunk, or found nothing left. Written by that
/// producer alone; read after the slice.
struct Mark {
  std::uint64_t ticks = 0;     // 0: not set
  std::uint64_t accepted = 0;  // by all consumers
  std::uint64_t in_hand = 0;   // drawn by other producers as chunks, but not yet made into items
  std::uint64_t drawing = 0;   // producers that may have a whole chunk more
};

/// What the lanes of a cell share. Each word that threads write is on a cache line pair of its own.
struct Board {
  /// A mark is set where a multiple of mark_stride is drawn: 16 to 31 in a slice of enough items.
  static constexpr std::uint32_t kMarks = 32;

  /// Next sequence to hand out. Data travels by the strategy; acquire and release, so that a mark
  /// sees of each producer that drew before it that it did (Producer::left_).
  alignas(128) std::atomic<std::uint64_t> drawn{0};
  /// Whether a producer has found nothing left; the first one to do so sets `end`. Relaxed.
  alignas(128) std::atomic<bool> exhausted{false};
  /// Sleepers that were not woken when they should have been (bench/interface/eventcount.h).
  /// Relaxed: read after the slice. The driver reads it, too.
  alignas(128) std::atomic<std::uint64_t> missed_wakeups{0};
  /// Written by the cell between slices.
  alignas(128) std::uint64_t items = 0;
  std::uint64_t mark_stride = 1;  // a power of two, and a multiple of a chunk
  std::uint32_t slice = 0;
  std::uint32_t chunk_shift = 0;  // sequences are drawn 2^chunk_shift at a time
  TickSource tick_source = TickSource::kClock;
  bool copies = true;        // the transfer is copy
  std::uint64_t delays = 0;  // lanes delay their threads at random, from this seed; 0: never
  std::span<Producer> producers;
  std::span<Consumer> consumers;
  Chunk* chunks = nullptr;
  /// By mark and consumer: what each had accepted. The last row is that of `end`.
  std::uint64_t* accepted_at_marks = nullptr;
  alignas(128) Mark marks[kMarks];
  Mark end;
};

/// The number of the calling thread in the kernel; no other thread of the machine has it. Costs a
/// system call the first time, and after a fork.
std::uint32_t this_thread_number();

class alignas(128) Producer {
 public:
  /// Makes the next item in `value`; false once nothing is left to draw. With Transfer::kCopy,
  /// `value` is own<Value<N>>().
  template <std::size_t N>
  bool next(Value<N>& value) {
    std::uint64_t word;
    if (!draw(word, value.bytes.data())) return false;
    const std::size_t size = N == kMinPayload ? N : payload_;  // none is smaller
    if (size == N) [[likely]] {
      item_code::write(value.bytes.data(), N, word);
    } else {
      item_code::write(value.bytes.data(), size, word);
    }
    return true;
  }

  /// The same in place: `at` has room for the workload's payload. With Transfer::kCopy it is
  /// buffer().
  bool next(std::byte* at) {
    std::uint64_t word;
    if (!draw(word, at)) return false;
    item_code::write(at, payload_, word);
    return true;
  }

  /// The producer's own: room for the payload and for the Value that holds it.
  std::byte* buffer() const { return buffer_; }
  template <class V>
  V& own() const {
    return *reinterpret_cast<V*>(buffer_);
  }

  std::uint32_t index() const { return index_; }

 private:
  friend class LaneSetup;

  bool draw(std::uint64_t& word, const std::byte* at) {
    std::uint64_t left = left_.load(std::memory_order_relaxed);
    if (left == 0) [[unlikely]] {
      if (!draw_chunk(at)) return false;
      left = left_.load(std::memory_order_relaxed);
    }
    if (at != wanted_at_ && wanted_at_ != nullptr) [[unlikely]]
      ++elsewhere_;
    word = item_code::encode(base_ | (end_ - left));
    left_.store(left - 1, std::memory_order_relaxed);
    return true;
  }
  bool draw_chunk(const std::byte* at);
  void set(Mark& mark, std::uint64_t* accepted_by) const;

  static constexpr std::uint64_t kDrawing = ~0ULL;
  /// Items of the chunk in hand that are not made yet; kDrawing: it may have got another chunk.
  /// Written by this lane alone. Release where a chunk is drawn, acquire by the marks of others:
  /// they see the consumers' counts that this lane relied on. (The stores between are relaxed:
  /// x86-64 and arm64 show them to nobody before what this lane saw first.)
  std::atomic<std::uint64_t> left_{0};
  std::uint64_t end_ = 0;                 // of the chunk in hand
  std::uint64_t base_ = 0;                // slice and producer bits of the id
  const std::byte* wanted_at_ = nullptr;  // where items must be made; null: anywhere
  std::uint32_t payload_ = 0, index_ = 0;
  std::uint64_t started_at_ = 0;  // ticks of the first draw
  std::uint64_t elsewhere_ = 0;   // items that were not made where they must be
  std::byte* buffer_ = nullptr;
  Board* board_ = nullptr;
};

/// What a consumer lane found wrong; only the cold path writes it.
struct Findings {
  static constexpr std::uint32_t kNamed = 8;
  struct List {
    std::uint64_t count = 0;
    std::uint64_t named[kNamed] = {};  // packed ids; for unreadable items the raw word
    void add(std::uint64_t id) {
      if (count < kNamed) named[count] = id;
      ++count;
    }
  };
  List unreadable, altered, stale, foreign, duplicated, reordered;
  List own;        // drawn by the very thread that accepted it
  List elsewhere;  // accepted at an address that the transfer does not allow
};

class alignas(128) Consumer {
 public:
  /// Takes an item: checks every byte, marks its id. With Transfer::kCopy, `value` is
  /// own<Value<N>>().
  template <std::size_t N>
  void accept(const Value<N>& value) {
    const std::byte* at = value.bytes.data();
    if constexpr (N == kMinPayload) {
      take(at, true);  // its word is all there is
    } else if (payload_ == N) [[likely]] {
      take(at, item_code::intact(at, N));
    } else {
      take(at, item_code::intact(at, payload_));
    }
  }

  /// The same in place: `at` holds the workload's payload. With Transfer::kCopy it is buffer().
  void accept(const std::byte* at) { take(at, item_code::intact(at, payload_)); }

  /// The consumer's own: room for the payload and for the Value that holds it.
  std::byte* buffer() const { return buffer_; }
  template <class V>
  V& own() const {
    return *reinterpret_cast<V*>(buffer_);
  }

  std::uint32_t index() const { return index_; }
  /// Items so far, in this slice.
  std::uint64_t accepted() const { return accepted_.load(std::memory_order_relaxed); }

 private:
  friend class LaneSetup;

  void take(const std::byte* at, bool intact) {
    const std::uint64_t id = item_code::decode(item_code::first_word(at));
    const std::uint64_t place = id - base_;  // producer and sequence, if it is of this slice
    const std::uint64_t sequence = id & item_code::kSequenceMask;
    // Only this lane writes; the driver reads it to see whether the cell still moves, and producers
    // for their marks.
    const std::uint64_t accepted = accepted_.load(std::memory_order_relaxed) + 1;
    if (place >= producers_end_ || sequence >= items_ || !intact) [[unlikely]] {
      reject(at, intact);
    } else {
      const std::uint64_t producer = place >> item_code::kSequenceBits;
      // Consecutive sequences mark different words of one cache line, so that no store waits for
      // the one before.
      std::uint64_t& word = seen_[((sequence >> 9) << 3) | (sequence & 7)];
      const std::uint64_t bit = 1ULL << ((sequence >> 3) & 63);
      if ((word & bit) != 0) [[unlikely]] {
        findings_->duplicated.add(id);  // and not overtaken as well
      } else {
        word |= bit;
        if (sequence < after_last_[producer]) [[unlikely]]
          findings_->reordered.add(id);
        after_last_[producer] = static_cast<std::uint32_t>(sequence) + 1;
      }
      if (at != wanted_at_ && wanted_at_ != nullptr) [[unlikely]]
        findings_->elsewhere.add(id);
      if (accepted >= next_look_) [[unlikely]]
        look(at, id, accepted);
    }
    accepted_.store(accepted, std::memory_order_relaxed);
  }
  void reject(const std::byte* at, bool intact);
  /// Who drew the item, and where was it written?
  void look(const std::byte* at, std::uint64_t id, std::uint64_t accepted);

  std::uint64_t base_ = 0;           // slice bits of the id
  std::uint64_t producers_end_ = 0;  // first place that no producer has
  std::uint64_t items_ = 0;
  std::uint64_t* seen_ = nullptr;         // bitmap, private to the lane
  std::uint32_t* after_last_ = nullptr;   // per producer: the sequence that may follow
  const std::byte* wanted_at_ = nullptr;  // where items must be accepted; null: anywhere
  std::uint64_t next_look_ = 0;           // the count at which it looks again
  std::uint64_t look_mask_ = 0;           // looks are up to so many items and one more apart
  std::atomic<std::uint64_t> accepted_{0};
  std::uint32_t payload_ = 0, index_ = 0;
  std::byte* buffer_ = nullptr;
  const Board* board_ = nullptr;
  Findings* findings_ = nullptr;
};

}  // namespace handoff
