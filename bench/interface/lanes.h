// Where a strategy meets the workload: producers draw items from their lane, consumers hand them to
// theirs. The lanes write and check every byte, count, and stamp the time, so that no strategy can
// skip the proof.
//
// Sequences are drawn in chunks from one counter (Board::drawn), so that all producers stay busy
// to the end of the slice whatever their speed. A consumer lane keeps a bitmap of what it took;
// after the slice the cell merges them and can name each lost or doubled id (bench/cell/proof.h).
//
// All of it lies in shared memory, mapped before any worker is forked: a lane may be used by
// another process, but by one thread at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "bench/interface/clock.h"
#include "bench/interface/item_code.h"
#include "bench/interface/message.h"

namespace handoff {

/// What the lanes of a cell share. Each word on a cache line pair of its own.
struct Board {
  /// Next sequence to hand out. Relaxed: only uniqueness matters, data travels by the strategy.
  alignas(128) std::atomic<std::uint64_t> drawn{0};
  /// Ticks at which a producer first found nothing left; 0 before. Read after the slice.
  alignas(128) std::atomic<std::uint64_t> exhausted_at{0};
  /// Sleepers that were not woken when they should have been (bench/interface/eventcount.h).
  /// Relaxed: read after the slice. The driver reads it, too.
  alignas(128) std::atomic<std::uint64_t> missed_wakeups{0};
  /// Written by the cell between slices.
  alignas(128) std::uint64_t items = 0;
  std::uint32_t slice = 0;
  std::uint32_t chunk_shift = 0;  // sequences are drawn 2^chunk_shift at a time
  TickSource tick_source = TickSource::kClock;
};

/// Time and count, written every so many acceptances.
struct Stamp {
  std::uint64_t ticks;
  std::uint64_t accepted;
};

class alignas(128) Producer {
 public:
  /// Makes the next item in `value`; false once nothing is left to draw.
  template <std::size_t N>
  bool next(Value<N>& value) {
    std::uint64_t word;
    if (!draw(word)) return false;
    if (payload_ == N) [[likely]] {
      item_code::write(value.bytes.data(), N, word);
    } else {
      item_code::write(value.bytes.data(), payload_, word);
    }
    return true;
  }

  /// The same in place: `at` has room for the workload's payload.
  bool next(std::byte* at) {
    std::uint64_t word;
    if (!draw(word)) return false;
    item_code::write(at, payload_, word);
    return true;
  }

  std::uint32_t index() const { return index_; }

 private:
  friend class LaneSetup;

  bool draw(std::uint64_t& word) {
    if (next_ == end_) [[unlikely]] {
      if (!draw_chunk()) return false;
    }
    word = item_code::encode(base_ | next_++);
    return true;
  }
  bool draw_chunk();

  std::uint64_t next_ = 0, end_ = 0;  // of the chunk in hand
  std::uint64_t base_ = 0;            // slice and producer bits of the id
  std::uint32_t payload_ = 0, index_ = 0;
  std::uint64_t started_at_ = 0;  // ticks of the first draw
  Board* board_ = nullptr;
  std::uint16_t* owners_ = nullptr;  // who drew which chunk: index + 1
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
};

class alignas(128) Consumer {
 public:
  /// Takes an item: checks every byte, marks its id, stamps.
  template <std::size_t N>
  void accept(const Value<N>& value) {
    const std::byte* at = value.bytes.data();
    if (payload_ == N) [[likely]] {
      take(at, N == 8 || item_code::intact(at, N));
    } else {
      take(at, item_code::intact(at, payload_));
    }
  }

  /// The same in place: `at` holds the workload's payload.
  void accept(const std::byte* at) { take(at, item_code::intact(at, payload_)); }

  std::uint32_t index() const { return index_; }

 private:
  friend class LaneSetup;

  void take(const std::byte* at, bool intact) {
    const std::uint64_t id = item_code::decode(item_code::first_word(at));
    const std::uint64_t place = id - base_;  // producer and sequence, if it is of this slice
    const std::uint64_t sequence = id & item_code::kSequenceMask;
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
    }
    // Only this lane writes; the driver reads it to see whether the cell still moves.
    const std::uint64_t accepted = accepted_.load(std::memory_order_relaxed) + 1;
    accepted_.store(accepted, std::memory_order_relaxed);
    if ((accepted & stamp_mask_) == 0) [[unlikely]]
      stamp(accepted);
  }
  void reject(const std::byte* at, bool intact);
  void stamp(std::uint64_t accepted);

  std::uint64_t base_ = 0;           // slice bits of the id
  std::uint64_t producers_end_ = 0;  // first place that no producer has
  std::uint64_t items_ = 0;
  std::uint64_t* seen_ = nullptr;        // bitmap, private to the lane
  std::uint32_t* after_last_ = nullptr;  // per producer: the sequence that may follow
  std::uint64_t stamp_mask_ = 0;
  std::atomic<std::uint64_t> accepted_{0};
  std::uint32_t payload_ = 0, index_ = 0;
  Stamp* stamps_ = nullptr;
  std::uint64_t stamps_used_ = 0, stamps_room_ = 0;
  const Board* board_ = nullptr;
  Findings* findings_ = nullptr;
};

}  // namespace handoff
