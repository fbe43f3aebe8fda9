#include "bench/interface/lanes.h"

#include <algorithm>

namespace handoff {

bool Producer::draw_chunk() {
  const std::uint64_t chunk = 1ULL << board_->chunk_shift;
  const std::uint64_t first = board_->drawn.fetch_add(chunk, std::memory_order_relaxed);
  const std::uint64_t now = ticks(board_->tick_source);
  if (first >= board_->items) {
    std::uint64_t nobody = 0;  // the first producer to get here ends the timed window
    board_->exhausted_at.compare_exchange_strong(nobody, now, std::memory_order_relaxed);
    return false;
  }
  if (started_at_ == 0) started_at_ = now;
  owners_[first >> board_->chunk_shift] = static_cast<std::uint16_t>(index_ + 1);  // 0: nobody
  next_ = first;
  end_ = std::min(first + chunk, board_->items);
  return true;
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

void Consumer::stamp(std::uint64_t accepted) {
  if (stamps_used_ < stamps_room_) {
    stamps_[stamps_used_++] = {ticks(board_->tick_source), accepted};
  }
}

}  // namespace handoff
