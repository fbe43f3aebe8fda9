#include "bench/interface/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace handoff {

static_assert(std::atomic<std::uint32_t>::is_always_lock_free &&
                  sizeof(std::atomic<std::uint32_t>) == 4,
              "the kernel compares the word itself");

namespace {

long futex(const void* word, int operation, FutexScope scope, std::uint32_t value,
           const timespec* timeout) {
  if (scope == FutexScope::kThreads) operation |= FUTEX_PRIVATE_FLAG;
  return syscall(SYS_futex, word, operation, value, timeout, nullptr, 0);
}

}  // namespace

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected) {
  futex(&word, FUTEX_WAIT, FutexScope::kProcesses, expected, nullptr);
}

void futex_wake(std::atomic<std::uint32_t>& word, int count) {
  futex_wake(&word, count, FutexScope::kProcesses);
}

FutexEnd futex_wait_for(const void* word, std::uint32_t expected, std::uint64_t timeout_ns,
                        FutexScope scope) {
  const timespec timeout{static_cast<time_t>(timeout_ns / 1'000'000'000),
                         static_cast<long>(timeout_ns % 1'000'000'000)};
  if (futex(word, FUTEX_WAIT, scope, expected, &timeout) == 0) return FutexEnd::kWoken;
  return errno == ETIMEDOUT ? FutexEnd::kTimedOut : FutexEnd::kOther;
}

void futex_wake(const void* word, int count, FutexScope scope) {
  futex(word, FUTEX_WAKE, scope, static_cast<std::uint32_t>(count), nullptr);
}

}  // namespace handoff
