// Google Benchmark's own A/A: one strategy in two persistent cells, the same cells and slices that
// handoff uses, timed its way. gbench-aa STRATEGY ITEMS [--benchmark_* flags]
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "bench/commands/dispatch.h"
#include "bench/gbench/measured_cell.h"
#include "bench/machine/cpus.h"
#include "bench/run/cell_process.h"
#include "bench/run/tick_rate.h"

int main(int argc, char** argv) {
  if (handoff::is_hidden_role(argc, argv)) return handoff::dispatch(argc, argv);
  if (argc < 3) {
    std::cerr << "gbench-aa STRATEGY ITEMS [--benchmark_* flags]\n";
    return 1;
  }
  const std::string strategy = argv[1];
  const std::uint64_t items = std::strtoull(argv[2], nullptr, 10);
  const handoff::TickRate rate = handoff::measure_tick_rate();
  std::vector<std::unique_ptr<handoff::CellProcess>> cells;
  std::uint32_t slice = 0;
  for (const char* label : {"A", "B"}) {
    handoff::OpenRequest request;
    request.strategy = strategy;
    request.spin_ticks = 10'000;
    request.cpus = handoff::cpu_allowance().cpus;
    request.max_items = items;
    request.tick_source = rate.source;
    request.ns_per_tick = rate.ns_per_tick;
    request.seed = cells.size() + 1;
    cells.push_back(std::make_unique<handoff::CellProcess>(request, 10));
    handoff::CellProcess& cell = *cells.back();
    if (!cell.opened().good()) return 2;
    benchmark::RegisterBenchmark(label, [&cell, &slice, items](benchmark::State& state) {
      for (auto _ : state) {
        const handoff::SliceReply reply = cell.slice(++slice, items, 1e9);
        if (!reply.outcome.good()) {
          state.SkipWithError(reply.outcome.reason.c_str());
          break;
        }
        state.SetIterationTime(handoff::ns_per_item(reply) * 1e-9 * static_cast<double>(items));
      }
    })->UseManualTime();
  }
  argv[2] = argv[0];
  argc -= 2;
  benchmark::Initialize(&argc, argv + 2);
  benchmark::RunSpecifiedBenchmarks();
}
