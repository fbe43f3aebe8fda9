// Sleeping on a word, also between processes (std::atomic::wait uses private futexes, which do not
// work across processes).
#pragma once

#include <atomic>
#include <climits>
#include <cstdint>

namespace handoff {

/// Who sleeps on a word: threads of one process only (a cheaper key in the kernel), or any process
/// that maps its memory. Sleepers and wakers of a word must say the same.
enum class FutexScope : std::uint8_t { kThreads, kProcesses };

/// Sleeps while `word` holds `expected`; returns on a wake, a change or a signal: recheck.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected);
/// Wakes up to `count` sleepers.
void futex_wake(std::atomic<std::uint32_t>& word, int count = INT_MAX);

/// Why futex_wait_for returned: a wake call; its time; the word held something else, or a signal.
enum class FutexEnd : std::uint8_t { kWoken, kTimedOut, kOther };

/// The same for the four bytes at `word`, of an atomic of any type; sleeps `timeout_ns` at most.
FutexEnd futex_wait_for(const void* word, std::uint32_t expected, std::uint64_t timeout_ns,
                        FutexScope scope);
void futex_wake(const void* word, int count, FutexScope scope);

}  // namespace handoff
