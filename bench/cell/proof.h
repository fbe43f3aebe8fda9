// The proof of a slice: every item drawn was accepted exactly once, unaltered, in order.
#pragma once

#include "bench/cell/lane_setup.h"
#include "bench/cell/verdict.h"
#include "bench/interface/registry.h"

namespace handoff {

/// What a strategy promises, and what is asked of it, beyond delivery.
struct Promise {
  bool fifo = false;       // items of one producer reach any one consumer in order
  bool hands_over = true;  // it is no reference: others take the items, at most as many are under
                           // way as the capacity allows, and they travel as the transfer says
};
inline Promise promise_of(const Descriptor& descriptor) {
  return {.fifo = descriptor.traits.fifo, .hands_over = descriptor.role != Role::kReference};
}

/// The most items that may be under way at a moment: those that the strategy keeps, and one in the
/// hands of each producer and each consumer.
constexpr std::uint64_t under_way_limit(const Workload& workload) {
  return std::uint64_t{workload.capacity} + workload.producers + workload.consumers;
}

/// Merges the bitmaps and findings of all consumer lanes. A failed proof names each kind of fault
/// with its count and first ids; the verdict is that of the gravest: corrupted, lost, duplicated,
/// stale, reordered (only where `fifo` is promised), not handed over, overfull, wrong transfer.
/// REQUIRES: no lane is in use. Cost: items / 64 words per consumer lane.
CellOutcome prove(const LaneSetup& lanes, const Promise& promise);

}  // namespace handoff
