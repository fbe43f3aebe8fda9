// All that a strategy sees of handoff. Include this and nothing else of bench/.
//
// A strategy hands items from producer lanes to consumer lanes. One file in strategies/ (or a
// plug-in outside the tree) holds it; docs/adding-a-strategy.md walks through one.
//
//   Queue-like: write a channel (see threads_around.h) and let the shared threads drive it.
//   Inverted (a flow graph, an event loop, processes): derive from Strategy and implement run().
#pragma once

#include <memory>
#include <span>
#include <string>

#include "bench/interface/eventcount.h"
#include "bench/interface/lanes.h"
#include "bench/interface/message.h"
#include "bench/interface/registry.h"
#include "bench/interface/slots.h"
#include "bench/interface/waiting.h"
#include "bench/interface/workload.h"

namespace handoff {

/// What an incarnation is given when it is constructed. Valid for the incarnation's lifetime.
struct Setting {
  const Workload& workload;
  /// One CPU per executing thread, producers first; empty: leave threads where they are.
  std::span<const int> cpus;
  /// How whoever finds no room, or no item, waits; between slices all sleep.
  Waiting waiting;
  /// The lanes that every run() will be given: their addresses do not change, so that worker
  /// processes may be forked in the constructor.
  std::span<Producer> producers;
  std::span<Consumer> consumers;
};

/// One slice. The lanes are armed; each may be used by one thread or process at a time.
struct Run {
  const Workload& workload;
  std::span<Producer> producers;  // next(): false once nothing is left to draw
  std::span<Consumer> consumers;  // accept(): checks, marks, counts
};

/// Constructed once per incarnation, destroyed at its end. Threads and processes are made in the
/// constructor and must be blocked, not spinning, whenever run() is not under way.
class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  /// Required. One call a slice: draws from every producer lane until next() is false, hands each
  /// item to some consumer lane, and returns when all have been accepted and all threads are about
  /// to block. Throws std::exception for what makes the cell fail; its text is the reason.
  virtual void run(const Run& slice) = 0;

  /// Not required. Anything a reader of the result should know, e.g. "the runtime's threads spin
  /// for 20 ms after work ends". One sentence or empty.
  virtual std::string note() const { return {}; }
};

}  // namespace handoff

#include "bench/interface/threads_around.h"
