// Push and pop of each structure that holds items, by a single thread. The channels are those of
// the strategies, at the default capacity.
//
// Each item is popped right after it was pushed, so no call finds the structure full or empty. As
// in a run, the items use all places of the structure in turn, and so touch all its memory.
#include <stdexcept>

#include "bench/gbench/parts.h"
#include "bench/interface/mpmc_ring.h"
#include "bench/interface/ring_channel.h"
#include "bench/interface/slots.h"
#include "bench/interface/spsc_ring.h"
#include "bench/strategy.h"
#include "strategies/lockfree_queues.h"
#include "strategies/mutex_queue.h"

namespace handoff {
namespace {

template <class Message>
using RingSpsc = RingChannel<Message, SpscRing<BetweenThreads>>;
template <class Message>
using RingMpmc = RingChannel<Message, MpmcRing<BetweenThreads>>;
template <class Message>
using RingSpscProcesses = RingChannel<Message, SpscRing<BetweenProcesses>>;
template <class Message>
using RingMpmcProcesses = RingChannel<Message, MpmcRing<BetweenProcesses>>;

template <template <class> class Channel, std::size_t kSize>
void push_pop(benchmark::State& state, const PartCpus& /*cpus*/) {
  const Workload workload{.payload = kSize};
  Channel<Value<kSize>> channel(
      Setting{.workload = workload, .cpus = {}, .waiting = {}, .producers = {}, .consumers = {}});
  Value<kSize> in{}, out{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(in);
    channel.push(in);
    channel.pop(out);
    benchmark::DoNotOptimize(out);
  }
  if (in.bytes != out.bytes) throw std::logic_error("what was popped is not what was pushed");
  state.SetItemsProcessed(state.iterations());
}

void slots_take_give(benchmark::State& state, const PartCpus& /*cpus*/) {
  Slots slots(Workload{.payload = 2 * kLargestValue});
  SlotTaker taker(slots, 0);
  SlotGiver giver(slots);
  for (auto _ : state) {
    std::uint32_t slot = taker.take();
    benchmark::DoNotOptimize(slot);
    giver.give(slot);
  }
  state.SetItemsProcessed(state.iterations());
}

template <template <class> class Channel>
void add_to(std::vector<Part>& parts, const std::string& name, const std::string& what) {
  parts.push_back({"push_pop/" + name + "/8", what, push_pop<Channel, 8>});
  parts.push_back({"push_pop/" + name + "/64", what, push_pop<Channel, 64>});
}

std::vector<Part> parts_of_structures() {
  std::vector<Part> parts;
  add_to<RingSpsc>(parts, "ring_spsc", "push and pop: a position per end, no compare-and-swap");
  add_to<RingMpmc>(parts, "ring_mpmc", "push and pop: a compare-and-swap at each end");
  add_to<RingSpscProcesses>(parts, "ring_spsc_processes",
                            "as ring_spsc, with the full fence of process_pool after each step");
  add_to<RingMpmcProcesses>(parts, "ring_mpmc_processes",
                            "as ring_mpmc, with the full fence of process_pool after each step");
  add_to<LockfreeSpsc>(parts, "lockfree_spsc", "push and pop: boost::lockfree::spsc_queue");
  add_to<LockfreeQueue>(parts, "lockfree_queue", "push and pop: boost::lockfree::queue");
  add_to<MutexQueue>(parts, "mutex_queue", "push and pop: a std::mutex is locked for each");
  parts.push_back(
      {"slots_take_give", "take a payload slot and give it back, 32 at a time", slots_take_give});
  return parts;
}

[[maybe_unused]] const bool kAdded = add_parts(PartGroup::kStructure, parts_of_structures());

}  // namespace
}  // namespace handoff
