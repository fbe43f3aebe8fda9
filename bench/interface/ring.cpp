#include "bench/interface/ring.h"

#include <algorithm>
#include <bit>
#include <new>

namespace handoff {

namespace {
constexpr std::size_t kLine = 64;
constexpr std::size_t kBeside = 32;  // where bytes begin that share the line of the turn
}  // namespace

Ring::Ring(std::uint32_t capacity, std::size_t room)
    : mask_(std::bit_ceil(std::max(capacity, 2U)) - 1),
      capacity_(capacity),
      stride_((kBeside + room <= kLine ? 1 : 1 + (room + kLine - 1) / kLine) * kLine),
      offset_(kBeside + room <= kLine ? kBeside : kLine) {
  static_assert(sizeof(Slot) <= kBeside);
  memory_ = SharedMemory::create(sizeof(Ends) + slots() * stride_);
  memory_.populate();
  ends_ = new (memory_.data()) Ends;
  first_ = memory_.data() + sizeof(Ends);
  for (std::uint64_t i = 0; i < slots(); ++i) new (&slot_of(i)) Slot{.turn = i, .filled = false};
}

void Ring::close() {
  std::uint32_t open = kOpen;
  ends_->state.compare_exchange_strong(open, kClosed, std::memory_order_release,
                                       std::memory_order_relaxed);
  ends_->not_empty.notify_all();
}

void Ring::reopen() {
  std::uint32_t closed = kClosed;
  ends_->state.compare_exchange_strong(closed, kOpen, std::memory_order_relaxed);
}

void Ring::break_off() {
  ends_->state.store(kBroken, std::memory_order_release);
  ends_->not_full.notify_all();
  ends_->not_empty.notify_all();
}

}  // namespace handoff
