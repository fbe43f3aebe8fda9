// Strategies in tests: run in this process, without a cell, or as cells of their own.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "bench/cell/lane_setup.h"
#include "bench/cell/proof.h"
#include "bench/cell/protocol.h"
#include "bench/run/cell_process.h"
#include "bench/strategy.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define HANDOFF_TEST_SANITIZED 1
#else
#define HANDOFF_TEST_SANITIZED 0
#endif

namespace handoff::testing {

inline constexpr bool kSanitized = HANDOFF_TEST_SANITIZED == 1;
inline constexpr double kNeverCut = 1e18;
inline constexpr std::uint64_t kHuge = 1ULL << 28;  // a slice of minutes
/// Waits that sleep at once, and after a moment.
inline constexpr Waiting kBlocking{};
inline constexpr Waiting kSpinning{.spin_ticks = 500, .source = TickSource::kClock};
/// Of lanes that a test drives itself, in one thread and with values of its own.
inline constexpr Promise kByHand{.fifo = true, .hands_over = false};

/// As in a process that called prepare_fences(), or as in one of a kernel without membarrier.
inline void set_fences(bool asymmetric) {
  detail::light_fences_are_free = false;
  if (asymmetric) prepare_fences();
}

inline LaneSetup make_lanes(const Workload& workload, std::uint64_t max_items) {
  return {SharedMemory::create(LaneSetup::bytes_needed(workload, max_items)), workload, max_items,
          TickSource::kClock};
}

/// One incarnation in the calling process: lanes, strategy, proof.
class InProcess {
 public:
  InProcess(const Descriptor& descriptor, const Workload& workload, std::uint64_t max_items,
            const Waiting& waiting = kSpinning)
      : descriptor_(descriptor),
        workload_(workload),
        lanes_(make_lanes(workload_, max_items)),
        setting_{.workload = workload_,
                 .cpus = {},
                 .waiting = {.spin_ticks = waiting.spin_ticks,
                             .source = waiting.source,
                             .sleeps = workload.wait != Wait::kSpin},
                 .producers = lanes_.producers(),
                 .consumers = lanes_.consumers()} {
    [[maybe_unused]] static const bool prepared = [] {
      prepare_fences();
      return true;
    }();
    count_missed_wakeups_in(&lanes_.missed_wakeups());
    strategy_ = descriptor.make(setting_);
  }
  ~InProcess() {
    strategy_.reset();
    count_missed_wakeups_in(nullptr);
  }

  /// Runs and proves the next slice.
  CellOutcome slice(std::uint64_t items) {
    arm(items);
    return run_armed();
  }
  void arm(std::uint64_t items) { lanes_.arm(++slice_, items); }
  CellOutcome run_armed() {
    strategy_->run({workload_, lanes_.producers(), lanes_.consumers()});
    EXPECT_EQ(lanes_.missed_wakeups().load(), 0U);
    return prove(lanes_, promise_of(descriptor_));
  }

  LaneSetup& lanes() { return lanes_; }

 private:
  const Descriptor& descriptor_;
  const Workload workload_;
  LaneSetup lanes_;
  const Setting setting_;
  std::uint32_t slice_ = 0;
  std::unique_ptr<Strategy> strategy_;
};

inline OpenRequest open_request(std::string strategy, const Workload& workload,
                                std::uint64_t max_items = 1U << 16) {
  OpenRequest request;
  request.strategy = std::move(strategy);
  request.workload = workload;
  request.spin_ticks = 500;
  request.max_items = max_items;
  request.seed = 7;
  return request;
}

/// Names of all registered strategies that are meant to work.
inline std::vector<std::string> honest_strategies() {
  std::vector<std::string> names;
  for (const Descriptor* descriptor : strategies()) {
    if (!descriptor->name.starts_with("broken_")) names.emplace_back(descriptor->name);
  }
  return names;
}

inline std::string text(const Workload& workload) { return to_json(workload).dump(); }

/// 'R', 'S', 'Z', 'T', ... or 0 when there is no such process.
inline char process_state(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ? '\0' : stat[name_end + 2];
}

/// Tries `holds` until it does, for at most 20 s; a test's way to wait for another process.
template <class Condition>
bool eventually(Condition holds) {
  for (int tries = 0; tries < 20'000; ++tries) {
    if (holds()) return true;
    usleep(1000);
  }
  return holds();
}

/// Whether the process is gone, or only its exit status is left.
inline bool has_ended(pid_t pid) {
  const char state = process_state(pid);
  return state == '\0' || state == 'Z' || state == 'X';
}
inline bool ends(pid_t pid) {
  return eventually([pid] { return has_ended(pid); });
}

}  // namespace handoff::testing
