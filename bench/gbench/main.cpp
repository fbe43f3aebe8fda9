// handoff-gbench: every strategy at a standard set of points as a Google Benchmark, so that its
// flags, compare.py and other readers of its JSON can be used; and benchmarks of the parts that a
// hand-over consists of (parts.h).
//
// Cells: an iteration is an item, so real_time is nanoseconds per item and cpu_time is CPU
// nanoseconds per item. A run of n iterations hands over at least n items, in slices of isolated
// cells. Repetitions follow each other, as usual in Google Benchmark; to compare strategies use
// `handoff run`, which pairs short slices. Exit status: 0 good, 1 usage error or no benchmark
// matches, 2 a strategy or a part failed.
#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "bench/commands/dispatch.h"
#include "bench/gbench/measured_cell.h"
#include "bench/gbench/parts.h"
#include "bench/gbench/publisher.h"
#include "bench/interface/fences.h"
#include "bench/machine/build_info.h"
#include "bench/machine/cpus.h"
#include "bench/plan/plan_for_machine.h"
#include "bench/run/context.h"

namespace handoff {
namespace {

constexpr double kUnlimited = 1e9;  // seconds: so that the plan drops no point

Suite standard_points() {
  Suite suite;
  suite.budget_s = kUnlimited;
  suite.groups = {{.pairs = {{.word = "auto"}}, .payload = {8, 64, 4096, 65536}}};
  return suite;
}

/// The value of --benchmark_filter: a POSIX extended regular expression, negated by a leading '-';
/// empty or "all" for everything. Matched here, because the library knows the cells by other names.
class Filter {
 public:
  explicit Filter(std::string text) {
    negated_ = text.starts_with('-');
    if (negated_) text.erase(0, 1);
    if (text.empty() || text == "all") text = ".";
    const int error = regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB);
    if (error == 0) return;
    char why[256];
    regerror(error, &compiled_, why, sizeof why);
    throw UsageError(
        fmt::format("--benchmark_filter '{}' is not a valid regular expression: {}", text, why));
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { regfree(&compiled_); }

  bool takes(const std::string& name) const {
    return (regexec(&compiled_, name.c_str(), 0, nullptr, 0) == 0) != negated_;
  }

 private:
  regex_t compiled_{};
  bool negated_ = false;
};

/// The value of a library flag that the library does not make accessible: from the command line,
/// else from the environment.
std::string flag(const std::vector<std::string>& arguments, std::string name,
                 const std::string& otherwise) {
  for (auto it = arguments.rbegin(); it != arguments.rend(); ++it) {
    if (it->starts_with("--" + name + "=")) return it->substr(name.size() + 3);
  }
  for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const char* set = std::getenv(name.c_str());
  return set == nullptr ? otherwise : set;
}

/// The words as one line, quoted for a shell.
std::string command_line(const std::vector<std::string>& words) {
  static constexpr std::string_view kPlain = "^-_=+:,./%@";
  std::string line;
  for (const std::string& word : words) {
    const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || kPlain.find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!line.empty()) line += ' ';
    line += plain && !word.empty() ? word : "'" + word + "'";
  }
  return line;
}

class FrontEnd {
 public:
  int run(const std::vector<std::string>& arguments) {
    const std::string asked = benchmark::GetBenchmarkFilter();
    const Filter filter(asked);
    add_cells(filter);
    add_parts(filter);
    if (!any_) {
      throw UsageError(fmt::format(
          "no benchmark matches --benchmark_filter '{}'; --benchmark_list_tests names all", asked));
    }

    Publisher display(*benchmark::CreateDefaultDisplayReporter(), failed_, &std::cout);
    std::ostringstream names;  // the library prints the list for --benchmark_list_tests to it
    display.SetOutputStream(&names);
    std::unique_ptr<benchmark::BenchmarkReporter> format;
    std::optional<Publisher> file;
    if (!flag(arguments, "benchmark_out", "").empty()) {
      format = reporter_for(flag(arguments, "benchmark_out_format", "json"));
      if (!format) {
        throw UsageError(
            fmt::format("--benchmark_out_format '{}' is not known; give console, json or csv",
                        flag(arguments, "benchmark_out_format", "json")));
      }
      file.emplace(*format, failed_, nullptr);
    }
    benchmark::RunSpecifiedBenchmarks(&display, file ? &*file : nullptr, "all");
    std::cout << with_published_names(names.str());
    return failed_.empty() ? 0 : 2;
  }

 private:
  void add_cells(const Filter& filter) {
    plan_ = plan_for_this_machine(standard_points());
    for (const PointPlan& point : plan_.points) {
      const std::vector<CellMemory> memories = cell_memories(plan_, point);
      for (std::size_t i = 0; i < point.cells.size(); ++i) {
        const CellPlan& cell = point.cells[i];
        if (!cell.runs() || cell.control || !filter.takes(measured_name(point, cell))) continue;
        if (!bench_)
          bench_.emplace(Bench{plan_, measure_tick_rate(), cpu_allowance().cpus, {}, {}});
        cells_.push_back(std::make_unique<MeasuredCell>(*bench_, point, cell, memories[i]));
      }
    }
    std::stable_sort(cells_.begin(), cells_.end(), [](const auto& a, const auto& b) {
      return a->cell().strategy < b->cell().strategy;
    });
    for (const auto& cell : cells_) add(*cell);
  }

  void add(MeasuredCell& cell) {
    any_ = true;
    const Workload& workload = cell.point().workload;
    benchmark::RegisterBenchmark(cell.cell().strategy.c_str(),
                                 [this, &cell](benchmark::State& state) { measure(cell, state); })
        ->ArgNames({"producers", "consumers", "payload"})
        ->Args({workload.producers, workload.consumers, workload.payload})
        ->UseManualTime();
  }

  void measure(MeasuredCell& cell, benchmark::State& state) {
    const auto items = static_cast<double>(state.max_iterations);
    Measurement measured;
    if (!failed_.contains(cell.name())) {
      measured = cell.measure(items);
      if (!measured.outcome.good()) {
        fail(cell.name(),
             fmt::format("{}: {}", name(measured.outcome.verdict), measured.outcome.reason));
      }
    }
    if (failed_.contains(cell.name())) return state.SkipWithError("the strategy failed");
    while (state.KeepRunningBatch(state.max_iterations)) {
      state.SetIterationTime(measured.ns_per_item * 1e-9 * items);
    }
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * cell.point().workload.payload);
    state.counters[kCpuCounter] = measured.cpu_ns_per_item;
  }

  void add_parts(const Filter& filter) {
    std::vector<Part> wanted = all_parts();
    std::erase_if(wanted, [&](const Part& part) { return !filter.takes(part.full_name()); });
    if (wanted.empty()) return;
    const PartCpus cpus = part_cpus();
    benchmark::AddCustomContext("parts_cpus", cpus.own == cpus.other
                                                  ? std::to_string(cpus.own)
                                                  : fmt::format("{},{}", cpus.own, cpus.other));
    prepare_fences();  // every cell does the same
    for (const Part& part : wanted) {
      if (part.two_cpus && cpus.own == cpus.other) continue;
      any_ = true;
      auto* const added = benchmark::RegisterBenchmark(
          ("parts/" + part.name).c_str(),
          [this, part, cpus](benchmark::State& state) { time(part, cpus, state); });
      if (part.with_others) added->UseRealTime();
    }
  }

  void time(const Part& part, const PartCpus& cpus, benchmark::State& state) {
    state.SetLabel(part.what);
    try {
      const OnOneCpu here(cpus.own);
      part.run(state, cpus);
    } catch (const std::exception& error) {
      fail(part.full_name(), error.what());
      state.SkipWithError("the part failed");
    }
  }

  /// Prints the reason, and leaves the benchmark out of the results.
  void fail(const std::string& name, const std::string& why) {
    if (failed_.insert(name).second) std::cerr << fmt::format("{}: {}\n", name, why);
  }

  Plan plan_;
  std::optional<Bench> bench_;
  std::vector<std::unique_ptr<MeasuredCell>>
      cells_;                     // selected by the filter; opened when measured
  std::set<std::string> failed_;  // names of cells and parts
  bool any_ = false;
};

void print_help() {
  std::cout
      << "handoff-gbench: Google Benchmarks of every strategy at a standard set of points, and "
         "of the\nparts that a hand-over consists of (parts/...). --benchmark_list_tests names "
         "all.\n\n"
         "  handoff-gbench --benchmark_filter='payload:64/'  # an iteration is an item\n"
         "  handoff-gbench --benchmark_filter=^parts/        # clock, push and pop, wakeup, "
         "thread, ...\n\n"
         "Exit status: 0 good, 1 usage error or no benchmark matches, 2 a strategy or a part "
         "failed.\n\n"
      << std::flush;
  benchmark::PrintDefaultHelp();
}

int gbench(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  benchmark::Initialize(&argc, argv, print_help);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("handoff", version());
  benchmark::AddCustomContext("capacity", std::to_string(Workload{}.capacity));
  benchmark::AddCustomContext("transfer", std::string(name(Workload{}.transfer)));
  benchmark::AddCustomContext("command", command_line(arguments));
  try {
    return FrontEnd().run(arguments);
  } catch (const std::exception& error) {
    std::cerr << "handoff-gbench: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace
}  // namespace handoff

int main(int argc, char** argv) {
  if (handoff::is_hidden_role(argc, argv)) return handoff::dispatch(argc, argv);
  return handoff::gbench(argc, argv);
}
