// What driver and cell say to each other: JSON, one object a line, over one socket.
//
//   driver: {"do":"open", ...}            cell: {"open":true,"note":""} or {"unsupported":"why"}
//   driver: {"do":"slice","slice":17,"items":8192}
//                                         cell: {"slice":17,"verdict":"delivered", ...}
//   driver: {"do":"close"}                cell: {"close":true,"peak_memory_bytes":...}, exit 0
//
// Nothing in it assumes one address space, one language or one clock: a program in another
// language answers the same lines. Times are nanoseconds of the cell's own clock.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/cell/verdict.h"
#include "bench/interface/clock.h"
#include "bench/interface/workload.h"

namespace handoff {

using Json = nlohmann::json;

Json to_json(const Workload& workload);
Workload workload_from(const Json& json);

struct OpenRequest {
  std::string strategy;
  std::string plugin;  // the file that holds it; empty: the cell's program does
  Workload workload;
  std::vector<int> cpus;         // one per executing thread; empty: not bound
  std::uint64_t spin_ticks = 0;  // Workload::spin_ns in ticks
  std::uint64_t max_items = 0;   // of any slice to come
  TickSource tick_source = TickSource::kClock;
  double ns_per_tick = 1;
  std::uint64_t seed = 0;    // of layout jitter
  std::uint64_t delays = 0;  // of delays that lanes make; 0: none
  bool pauses = false;       // its threads let themselves be paused (bench/cell/pause.h)

  Json to_json() const;
  static OpenRequest from(const Json& json);
};

struct OpenReply {
  std::string note, unsupported, error;  // at most one of the last two
  bool bound = false;

  Json to_json() const;
  static OpenReply from(const Json& json);
};

struct SliceRequest {
  std::uint32_t slice = 0;
  std::uint64_t items = 0;

  Json to_json() const;
  static SliceRequest from(const Json& json);
};

struct SliceReply {
  std::uint32_t slice = 0;
  CellOutcome outcome;
  std::uint64_t items = 0;                // proved
  double window_items = 0;                // accepted in the timed window; 0: too short to time
  double elapsed_ns = 0;                  // of the timed window
  double whole_ns = 0;                    // of the slice, lead-in and tail included
  double cpu_ns = 0;                      // all threads and descendants, whole slice
  double voluntary = 0, involuntary = 0;  // context switches
  double run_delay_ns = -1;               // -1: not known
  double under_way = 0;                   // items, at the ends of the window
  double slowest_share = 1, fastest_share = 1;
  double parked_cpu_ns = 0, parked_wall_ns = 0;  // since the slice before
  std::uint64_t missed_wakeups = 0;  // since the slice before: a fault of the eventcount

  Json to_json() const;
  static SliceReply from(const Json& json);
};

struct CloseReply {
  double peak_memory_bytes = 0;

  Json to_json() const;
  static CloseReply from(const Json& json);
};

/// One end of the socket: whole lines in and out.
class LineChannel {
 public:
  explicit LineChannel(int fd) : fd_(fd) {}
  /// Throws std::system_error when the other end is gone.
  void send(const Json& message);
  /// The next line; empty on timeout (`timeout_ms` >= 0). Throws std::system_error when the other
  /// end is gone, std::runtime_error when it says what is not JSON.
  std::optional<Json> receive(int timeout_ms = -1);
  /// Blocks until there is something to receive.
  void await_input();
  int fd() const { return fd_; }

 private:
  int fd_;
  std::string pending_;
};

}  // namespace handoff
