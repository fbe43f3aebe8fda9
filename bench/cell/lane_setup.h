// The memory that lanes live in: laid out once an incarnation, armed before each slice, read after.
//
// Owner: the cell arms and reads between slices, when no lane is in use; the driver maps the same
// memory to see progress and to cut a slice short.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "bench/interface/lanes.h"
#include "bench/interface/shared_memory.h"
#include "bench/interface/workload.h"

namespace handoff {

/// What a mark says (bench/interface/lanes.h).
struct MarkReading {
  std::uint64_t ticks = 0;
  std::uint64_t made = 0;  // items, or up to a chunk more for each producer that was drawing
  std::uint64_t accepted = 0;
  std::span<const std::uint64_t> accepted_by;  // by consumer
  std::uint64_t surely_made = 0;
};

class LaneSetup {
 public:
  /// Bytes of shared memory for slices of up to `max_items`; sparse: pages cost when touched.
  static std::size_t bytes_needed(const Workload& workload, std::uint64_t max_items);

  /// Cell: makes the lanes in `memory`. `delays`: seed of delays that they make; 0: none. REQUIRES:
  /// memory.size() >= bytes_needed(...).
  LaneSetup(SharedMemory memory, const Workload& workload, std::uint64_t max_items,
            TickSource tick_source, std::uint64_t delays = 0);
  /// Driver: looks at lanes that a cell has made or will make in `memory`.
  static LaneSetup attach(SharedMemory memory, const Workload& workload, std::uint64_t max_items);

  int memory_fd() const { return memory_.fd(); }

  std::span<Producer> producers() const { return {producers_, workload_.producers}; }
  std::span<Consumer> consumers() const { return {consumers_, workload_.consumers}; }

  /// Prepares a slice of `items` (at most max_items). REQUIRES: no lane in use.
  void arm(std::uint32_t slice, std::uint64_t items);

  /// Makes producers see that nothing is left. Safe at any moment, from any process.
  void cut();
  bool was_cut() const;

  /// Items drawn plus items accepted so far: moves as long as the cell does.
  std::uint64_t progress() const;
  std::uint64_t accepted() const;
  /// Of all slices so far. To be handed to count_missed_wakeups_in.
  std::atomic<std::uint64_t>& missed_wakeups() const { return board_->missed_wakeups; }

  // What follows is for proof and window, after a slice.
  const Workload& workload() const { return workload_; }
  std::uint64_t items() const { return board_->items; }
  std::uint32_t slice() const { return board_->slice; }
  /// Items that were really drawn: all, unless the slice was cut or the strategy stopped early.
  std::uint64_t issued() const;
  /// Who drew the sequence, as an id of the slice.
  ItemId id_of(std::uint64_t sequence) const;
  std::uint64_t accepted_by(std::uint32_t consumer) const;
  /// The marks that were set, in the order of their sequences; the last is that where nothing was
  /// left. Empty: no producer got that far.
  std::vector<MarkReading> read_marks() const;
  /// Most items that a mark shows under way beyond doubt: those that were made, less those
  /// accepted.
  std::uint64_t most_under_way() const;
  /// Items that producers made elsewhere than the transfer demands.
  std::uint64_t made_elsewhere() const;
  const Findings& findings_of(std::uint32_t consumer) const { return findings_[consumer]; }
  std::span<const std::uint64_t> seen_by(std::uint32_t consumer) const;
  /// Latest first draw of any producer that drew at all; 0: none.
  std::uint64_t last_producer_start() const;

  /// The sequence that bit `bit` of word `word` of a bitmap stands for (see Consumer::take).
  static std::uint64_t sequence_of(std::uint64_t word, unsigned bit) {
    return ((word >> 3) << 9) | (static_cast<std::uint64_t>(bit) << 3) | (word & 7);
  }

 private:
  LaneSetup(SharedMemory memory, const Workload& workload, std::uint64_t max_items);
  /// Sets all the pointers below for memory that begins at `base`; returns the bytes needed.
  std::size_t lay_out(std::byte* base);

  SharedMemory memory_;
  Workload workload_;
  std::uint64_t max_items_ = 0;
  Board* board_ = nullptr;
  Producer* producers_ = nullptr;
  Consumer* consumers_ = nullptr;
  Findings* findings_ = nullptr;
  std::uint32_t* after_last_ = nullptr;  // consumers x producers
  Chunk* chunks_ = nullptr;
  std::uint64_t* seen_ = nullptr;               // consumers x words
  std::uint64_t* accepted_at_marks_ = nullptr;  // marks x consumers
  std::byte* buffers_ = nullptr;                // producers, then consumers
  std::uint64_t words_ = 0;
};

}  // namespace handoff
