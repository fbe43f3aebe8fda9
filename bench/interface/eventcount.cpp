#include "bench/interface/eventcount.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace handoff {

namespace detail {
bool asymmetric_fences = false;
}

namespace {
int membarrier(int command) { return static_cast<int>(syscall(SYS_membarrier, command, 0U, 0)); }
}  // namespace

// "Global expedited" reaches the threads of every registered process, so that the eventcount also
// works between a cell and its forked workers.
void prepare_fences() {
  const int offered = membarrier(MEMBARRIER_CMD_QUERY);
  constexpr int kNeeded =
      MEMBARRIER_CMD_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED;
  detail::asymmetric_fences = offered >= 0 && (offered & kNeeded) == kNeeded &&
                              membarrier(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED) == 0;
}

bool fences_are_asymmetric() { return detail::asymmetric_fences; }

// Also where this process has symmetric fences itself: another one that shares the memory may have
// light ones that rely on it.
void heavy_fence() {
  detail::full_fence();
  membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED);
}

void EventCount::wake_one() {
  std::uint32_t waiting = waiting_.load(std::memory_order_relaxed);
  do {
    if (waiting == 0) return;  // somebody else has claimed the last one
  } while (!waiting_.compare_exchange_weak(waiting, waiting - 1, std::memory_order_relaxed));
  epoch_.fetch_add(1, std::memory_order_release);  // pairs with the acquire in await
  futex_wake(epoch_, 1);
}

}  // namespace handoff
