// What a strategy is made of, in words that are the same for all: which family of ways it belongs
// to, and who runs its two ends. With these, its structure and its origin (Descriptor), rows are
// found that differ in one thing only.
//
// Source: docs/adding-a-strategy.md, "What it is made of".
#pragma once

#include <cstdint>
#include <string_view>

namespace handoff {

/// Which kind of answer to "how should producers hand work to consumers?" it is. By what a reader
/// would call it; nothing is concluded from it.
enum class Family : std::uint8_t {
  kUnnamed,
  kMutexQueue,         // a queue under a lock
  kLockFreeQueue,      // a queue without one, between threads
  kFlowGraph,          // nodes and edges that a runtime schedules
  kProcessPool,        // worker processes that stay
  kEventLoop,          // a loop that sleeps in the kernel until something is there to do
  kPerItemSpawn,       // a thread or process made for each item
  kExecutor,           // a pool of threads that is given a task an item
  kLightweightThread,  // fibers, coroutines: switched without the kernel
  kOtherLanguage,      // a program in another language
  kReference,          // a yardstick, no way of handing over
};

/// Who executes producers and consumers.
enum class Carrier : std::uint8_t {
  kUnnamed,
  kThreads,    // threads of one process, made by the strategy or the core
  kProcesses,  // consumers are processes of their own
  kLoop,       // consumers are event loops, asleep in the kernel's poll
  kRuntime,    // a runtime's own threads decide who runs what
};

inline constexpr Family kFamilies[] = {
    Family::kMutexQueue,    Family::kLockFreeQueue, Family::kFlowGraph, Family::kProcessPool,
    Family::kEventLoop,     Family::kPerItemSpawn,  Family::kExecutor,  Family::kLightweightThread,
    Family::kOtherLanguage, Family::kReference};
inline constexpr Carrier kCarriers[] = {Carrier::kThreads, Carrier::kProcesses, Carrier::kLoop,
                                        Carrier::kRuntime};

/// As in `handoff list` and result files; empty: unnamed.
constexpr std::string_view name(Family family) {
  switch (family) {
    case Family::kMutexQueue:
      return "mutex queue";
    case Family::kLockFreeQueue:
      return "lock-free queue";
    case Family::kFlowGraph:
      return "flow graph";
    case Family::kProcessPool:
      return "process pool";
    case Family::kEventLoop:
      return "event loop";
    case Family::kPerItemSpawn:
      return "per-item spawn";
    case Family::kExecutor:
      return "executor";
    case Family::kLightweightThread:
      return "lightweight thread";
    case Family::kOtherLanguage:
      return "other language";
    case Family::kReference:
      return "reference";
    case Family::kUnnamed:
      break;
  }
  return {};
}
constexpr std::string_view name(Carrier carrier) {
  switch (carrier) {
    case Carrier::kThreads:
      return "threads";
    case Carrier::kProcesses:
      return "processes";
    case Carrier::kLoop:
      return "loop";
    case Carrier::kRuntime:
      return "runtime";
    case Carrier::kUnnamed:
      break;
  }
  return {};
}

/// That of this name; unnamed if there is none.
constexpr Family family_named(std::string_view text) {
  for (const Family family : kFamilies) {
    if (text == name(family)) return family;
  }
  return Family::kUnnamed;
}
constexpr Carrier carrier_named(std::string_view text) {
  for (const Carrier carrier : kCarriers) {
    if (text == name(carrier)) return carrier;
  }
  return Carrier::kUnnamed;
}

/// Origin of what was written for handoff itself. Others: the library and its version.
inline constexpr std::string_view kOwnOrigin = "ours";
/// Structure of what holds no item.
inline constexpr std::string_view kNoStructure = "none";

}  // namespace handoff
