#include "bench/interface/fences.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace handoff {

namespace detail {
std::atomic<bool> light_fences_are_free = false;
}

namespace {

constexpr long kDrainNs = 10'000'000;

bool membarrier(int command) { return syscall(SYS_membarrier, command, 0U, 0) == 0; }

}  // namespace

// The command is tried once: a kernel may know it and a sandbox forbid it.
void prepare_fences() {
  detail::light_fences_are_free = membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) &&
                                  membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}

bool light_fences_are_free() { return detail::light_fences_are_free; }

// After a failure (a sandbox closed since the registration, no memory) light fences are full ones
// for good. A publisher that passed a free one just before may still have its store in the buffer
// of its CPU: this thread gives it far more time than a store takes to become visible.
void BetweenThreads::heavy_fence() {
  full_fence();
  if (!detail::light_fences_are_free.load(std::memory_order_relaxed)) return;
  if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED)) return;
  detail::light_fences_are_free.store(false, std::memory_order_relaxed);
  const timespec drain{0, kDrainNs};
  nanosleep(&drain, nullptr);
  full_fence();
}

}  // namespace handoff
