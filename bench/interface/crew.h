// The threads of a cell: made once, bound once, blocked between slices.
//
// Owner: one controlling thread calls run(); it sleeps until every member has returned.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include "bench/interface/bound_threads.h"

namespace handoff {

class Crew {
 public:
  /// `work(i)` is what member i does each time; `cpus`: where member i is bound (empty: nowhere).
  /// Throws std::system_error when a thread cannot be made or bound.
  Crew(std::uint32_t size, std::span<const int> cpus, std::function<void(std::uint32_t)> work);
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Lets every member work once. One indirect call a member and slice, never per item.
  void run();

 private:
  void member(std::uint32_t index);
  void dismiss();

  std::function<void(std::uint32_t)> work_;
  /// Moves when work is there. Release by run(), acquire by members: they see the armed lanes.
  alignas(128) std::atomic<std::uint32_t> turn_{0};
  /// Members still at work. Release by members, acquire by run(): it sees what they did.
  alignas(128) std::atomic<std::uint32_t> busy_{0};
  bool dismissed_ = false;  // written before turn_ moves
  BoundThreads members_;    // last: what they use is there before and after them
};

}  // namespace handoff
