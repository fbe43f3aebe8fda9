// thread_per_item: a new thread for each item. What the oldest advice warns against.
//
// A producer is a thread that starts a thread for each item and joins it before it starts the next
// one on the same lane; the consumers are those threads, C of them at once (per_item.h). Each is
// bound by its attributes before it starts. The system's limits on threads are the limits of this
// strategy: a thread that cannot be started fails the slice.
//
// Properties: bounded by its threads; FIFO between one producer and one lane; the C library keeps
// the stacks of ended threads. Source: the "thread per request" of every textbook (e.g. Schmidt et
// al. 2000, POSA 2); pthread_create(3).
#include <pthread.h>

#include <cstring>

#include "bench/interface/cpu_set.h"
#include "bench/interface/per_item.h"

namespace handoff {
namespace {

struct Threads {
  using Handle = pthread_t;
  static_assert(std::is_integral_v<pthread_t>);  // 0: none; glibc's is an address

  static std::string start(Handle& thread, void* (*body)(void*), void* argument, int cpu) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (cpu >= 0) {
      const cpu_set_t set = only_cpu(cpu);
      pthread_attr_setaffinity_np(&attributes, sizeof set, &set);
    }
    const int error = pthread_create(&thread, &attributes, body, argument);
    pthread_attr_destroy(&attributes);
    if (error == 0) return {};
    thread = {};
    return std::string("a thread cannot be started: ") + std::strerror(error);
  }

  static std::string reap(Handle& thread) {
    pthread_join(std::exchange(thread, {}), nullptr);
    return {};
  }
};

const Descriptor kDescriptor{
    .name = "thread_per_item",
    .summary = "a new thread for each item, joined; C of them at a time",
    .source = "thread per request; Schmidt et al. 2000, POSA 2",
    .family = Family::kPerItemSpawn,
    .carrier = Carrier::kThreads,
    .structure = kNoStructure,
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .waits_itself = true, .spawns_per_item = true},
    .keeps = [](const Workload& workload) { return workload.consumers; },
    .make = make_per_item<Threads>,
    .slow_item_ns = 200e3,
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
