// The cost of oneTBB for a task that is spawned and run by the same thread.
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include "bench/gbench/parts.h"

namespace handoff {
namespace {

void tbb_task(benchmark::State& state, const PartCpus& /*cpus*/) {
  const oneapi::tbb::global_control no_workers(oneapi::tbb::global_control::max_allowed_parallelism,
                                               1);
  oneapi::tbb::task_arena arena(1);
  arena.execute([&] {
    oneapi::tbb::task_group group;
    for (auto _ : state) {
      group.run([] {});
      group.wait();
    }
  });
}

[[maybe_unused]] const bool kAdded =
    add_parts(PartGroup::kLibrary,
              {{"tbb_task", "spawn an empty task in a task_group, and wait for it", tbb_task}});

}  // namespace
}  // namespace handoff
