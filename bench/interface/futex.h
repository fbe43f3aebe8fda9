// Sleeping on a word, also between processes (std::atomic::wait uses private futexes, which do not
// work across processes).
#pragma once

#include <atomic>
#include <climits>
#include <cstdint>

namespace handoff {

/// Sleeps while `word` holds `expected`; returns on a wake, a change or a signal: recheck.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t expected);
/// As above, at most `timeout_ns`.
void futex_wait_for(std::atomic<std::uint32_t>& word, std::uint32_t expected,
                    std::uint64_t timeout_ns);
/// Wakes up to `count` sleepers.
void futex_wake(std::atomic<std::uint32_t>& word, int count = INT_MAX);

}  // namespace handoff
