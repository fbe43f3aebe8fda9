// Holds back every accept() of an armed slice, whatever thread makes it: the pages of the consumer
// lanes' bitmaps are taken away, and who touches them waits in a signal handler until the gate
// opens.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "bench/cell/lane_setup.h"
#include "bench/interface/futex.h"

namespace handoff::testing {

/// One at a time. REQUIRES: the lanes are armed, with room (max_items) for far more items than the
/// slice has, so that nothing else in use shares a page with the bitmaps.
class AcceptGate {
 public:
  explicit AcceptGate(const LaneSetup& lanes) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const auto last = static_cast<std::uint32_t>(lanes.consumers().size()) - 1;
    const auto from = reinterpret_cast<std::uintptr_t>(lanes.seen_by(0).data()) / page * page;
    const auto to =
        reinterpret_cast<std::uintptr_t>(lanes.seen_by(last).data() + lanes.seen_by(last).size());
    at_ = reinterpret_cast<void*>(from);
    bytes_ = to - from;
    shut() = 1;
    struct sigaction action {};
    action.sa_handler = wait_here;
    sigaction(SIGSEGV, &action, &before_);
    mprotect(at_, bytes_, PROT_NONE);
  }
  AcceptGate(const AcceptGate&) = delete;
  AcceptGate& operator=(const AcceptGate&) = delete;
  ~AcceptGate() { sigaction(SIGSEGV, &before_, nullptr); }  // REQUIRES: open() and the slice's end

  void open() {
    mprotect(at_, bytes_, PROT_READ | PROT_WRITE);
    shut() = 0;
    futex_wake(shut());
  }

 private:
  static std::atomic<std::uint32_t>& shut() {
    static std::atomic<std::uint32_t> word{0};
    return word;
  }
  static void wait_here(int /*signal*/) {
    if (shut() == 0) std::signal(SIGSEGV, SIG_DFL);  // a fault of some other kind
    while (shut() != 0) futex_wait(shut(), 1);
  }

  void* at_;
  std::size_t bytes_;
  struct sigaction before_ {};
};

}  // namespace handoff::testing
