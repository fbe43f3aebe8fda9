#include "bench/interface/lanes.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

namespace handoff {

namespace {

thread_local std::uint32_t own_number = 0;

/// A fork's child is another thread, with a copy of this one's memory.
[[maybe_unused]] const int kForgottenInChildren =
    pthread_atfork(nullptr, nullptr, [] { own_number = 0; });

/// Spreads looks: no strategy's own rhythm may fall in step with them.
std::uint64_t mixed(std::uint64_t value) {
  value *= 0x9e3779b97f4a7c15;
  return value ^ (value >> 32);
}

/// Delays the calling thread once in eight times, for up to 300 us: it gives its CPU away, keeps
/// it, or sleeps. `chance`: any number, a new one each time.
void delay(std::uint64_t chance) {
  chance = mixed(mixed(chance));
  if (chance % 8 != 0) return;
  const std::uint64_t kind = (chance >> 3) % 8, length = chance >> 40;
  if (kind < 4) {
    sched_yield();
  } else if (kind < 7) {
    const std::uint64_t end = monotonic_ns() + length % 20'000;
    while (monotonic_ns() < end) relax_cpu();
  } else {
    const timespec nap{0, static_cast<long>(length % 250'000)};
    nanosleep(&nap, nullptr);
  }
}

}  // namespace

std::uint32_t this_thread_number() {
  if (own_number == 0) own_number = static_cast<std::uint32_t>(gettid());
  return own_number;
}

bool Producer::draw_chunk(const std::byte* at) {
  Board& board = *board_;
  const std::uint64_t size = 1ULL << board.chunk_shift;
  left_.store(kDrawing, std::memory_order_relaxed);
  const std::uint64_t first = board.drawn.fetch_add(size, std::memory_order_acq_rel);
  if (first >= board.items) {
    left_.store(0, std::memory_order_relaxed);
    // The first producer to get here ends the timed window.
    if (!board.exhausted.exchange(true, std::memory_order_relaxed)) {
      set(board.end, board.accepted_at_marks + Board::kMarks * board.consumers.size());
    }
    return false;
  }
  if (const std::uint64_t mark = first / board.mark_stride; first % board.mark_stride == 0) {
    set(board.marks[mark], board.accepted_at_marks + mark * board.consumers.size());
  }
  if (started_at_ == 0) started_at_ = ticks(board.tick_source);
  board.chunks[first >> board.chunk_shift] = {
      .first_at = at, .thread = this_thread_number(), .owner = index_ + 1};
  end_ = std::min(first + size, board.items);
  left_.store(end_ - first, std::memory_order_release);  // pairs with the acquire in set
  if (board.delays != 0) delay(board.delays + first);
  return true;
}

void Producer::set(Mark& mark, std::uint64_t* accepted_by) const {
  mark.in_hand = mark.drawing = 0;
  for (const Producer& other : board_->producers) {
    if (&other == this) continue;
    const std::uint64_t left = other.left_.load(std::memory_order_acquire);
    left == kDrawing ? ++mark.drawing : mark.in_hand += left;
  }
  mark.ticks = ticks(board_->tick_source);
  mark.accepted = 0;
  for (const Consumer& consumer : board_->consumers) {
    mark.accepted += * accepted_by++ = consumer.accepted();
  }
}

void Consumer::reject(const std::byte* at, bool intact) {
  const std::uint64_t word = item_code::first_word(at), id = item_code::decode(word);
  if (id >> item_code::kIdBits != 0) {
    findings_->unreadable.add(word);
  } else if (!intact) {
    findings_->altered.add(id);
  } else if (id - base_ >= (1ULL << (item_code::kProducerBits + item_code::kSequenceBits))) {
    findings_->stale.add(id);
  } else {
    findings_->foreign.add(id);
  }
}

void Consumer::look(const std::byte* at, std::uint64_t id, std::uint64_t accepted) {
  next_look_ = accepted + 1 + (mixed(id) & look_mask_);
  const std::uint64_t sequence = id & item_code::kSequenceMask;
  const Chunk& chunk = board_->chunks[sequence >> board_->chunk_shift];
  if (chunk.thread == this_thread_number()) findings_->own.add(id);
  const bool first_of_chunk = (sequence & ((1ULL << board_->chunk_shift) - 1)) == 0;
  if (!board_->copies && first_of_chunk && chunk.first_at != at) findings_->elsewhere.add(id);
  if (board_->delays != 0) delay(board_->delays ^ id);
}

}  // namespace handoff
