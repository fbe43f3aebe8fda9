#include "bench/commands/calibrate.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <random>
#include <thread>

#include "bench/calibration/calibration.h"
#include "bench/interface/clock.h"
#include "bench/machine/build_info.h"
#include "bench/machine/environment.h"
#include "bench/plan/plan_for_machine.h"
#include "bench/results/text_table.h"
#include "bench/run/interruption.h"
#include "bench/selfcheck/check.h"
#include "bench/stats/between_runs.h"
#include "bench/stats/pairing.h"

namespace handoff {

namespace {

constexpr int kFewestRuns = 6, kMostRuns = 40;
constexpr double kConfidence = 0.95;

/// Thread counts: 1:1, one thread per CPU, and two threads per CPU; at three payload sizes each.
Suite calibration_suite(const CalibrateOptions& options) {
  Suite suite;
  suite.name = "calibrate";
  suite.pin = options.pin;
  suite.references = false;
  suite.memory_bytes = 128ULL << 20;  // as in default.toml: the same capacity for 64 KiB items
  const bool all = options.strategies.empty();
  for (const std::string& text :
       all ? std::vector<std::string>{} : split_list(options.strategies)) {
    suite.strategies.push_back(parse_strategy("--strategies", text));
  }
  Axes axes;
  const auto cpus =
      static_cast<std::uint32_t>(plan_for_this_machine(small_suite({}, 64, 20, 1)).usable_cpus);
  axes.pairs.push_back({.word = {}, .producers = 1, .consumers = 1});
  if (cpus >= 4) axes.pairs.push_back({.word = {}, .producers = cpus / 2, .consumers = cpus / 2});
  axes.pairs.push_back({.word = {}, .producers = cpus, .consumers = cpus});
  axes.payload = {64, 1024, 64 << 10};
  suite.groups.push_back(std::move(axes));
  return suite;
}

/// The ratios of all runs, grouped by calibration class.
class Ratios {
 public:
  void add(int run, const Measured& measured) {
    for (std::size_t i = 0; i < measured.plan.points.size(); ++i) {
      add(run, measured.plan.points[i], static_cast<int>(i),
          measured.record.point(static_cast<int>(i)));
    }
  }

  std::vector<CalibrationClass> learned() const {
    std::vector<CalibrationClass> classes;
    for (const auto& [key, runs] : of_class_) {
      const BetweenRuns found = learn_between_runs(runs, static_cast<int>(names_.size()));
      CalibrationClass one{key.first, key.second, found.typical, {}};
      for (const auto& [strategy, index] : names_) {
        one.of_strategy[strategy] = found.of_strategy[static_cast<std::size_t>(index)];
      }
      classes.push_back(std::move(one));
    }
    return classes;
  }

  /// How often a prediction from earlier runs would have held for the next run.
  Foretold foretold() const {
    Foretold all;
    for (const auto& [key, runs] : of_class_) {
      const Foretold one = foretell_next_runs(runs, static_cast<int>(names_.size()), kConfidence);
      all.pairs += one.pairs;
      all.held += one.held;
    }
    return all;
  }

 private:
  int index_of(const std::string& strategy) {
    return names_.try_emplace(strategy, static_cast<int>(names_.size())).first->second;
  }

  void add(int run, const PointPlan& point, int index, const PointRecord& record) {
    std::vector<int> cells;
    for (std::size_t i = 0; i < point.cells.size(); ++i) {
      const bool told = point.cells[i].runs() && record.cells[i].outcome.good();
      if (told && !hardly_timed(record.cells[i])) cells.push_back(static_cast<int>(i));
    }
    const auto tables = incarnation_tables(record.samples, static_cast<int>(point.cells.size()));
    auto& runs = of_class_[{point.workload.payload, point.placement.oversubscribed}];
    for (std::size_t i = 0; i < cells.size(); ++i) {
      for (std::size_t k = i + 1; k < cells.size(); ++k) {
        const auto logs = pair_series(tables, cells[i], cells[k], cells).typical;
        if (logs.size() < 2) continue;
        const Interval ratio = geometric_mean(logs, kConfidence);
        runs.push_back({.run = run,
                        .point = index,
                        .a = index_of(point.cells[static_cast<std::size_t>(cells[i])].strategy),
                        .b = index_of(point.cells[static_cast<std::size_t>(cells[k])].strategy),
                        .log_ratio = std::log(ratio.value),
                        .error = standard_error(logs),
                        .incarnations = static_cast<int>(logs.size())});
      }
    }
  }

  std::map<std::pair<std::uint32_t, bool>, std::vector<RunOfPair>> of_class_;
  std::map<std::string, int> names_;
};

/// Sleeps until `at_ns` of the monotonic clock, or until interrupted.
void wait_until(std::uint64_t at_ns) {
  while (!interrupted() && monotonic_ns() < at_ns) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::string percent(double sd) { return fmt::format("{:.1f} %", 100 * sd); }

void print(std::ostream& out, const Calibration& calibration) {
  TextTable table({{"payload", true},
                   {"threads", false},
                   {"ratio varies by", true},
                   {"most stable", false},
                   {"least stable", false}});
  for (const CalibrationClass& one : calibration.classes) {
    const auto by_sd = [](const auto& a, const auto& b) { return a.second < b.second; };
    const auto [least, most] =
        std::minmax_element(one.of_strategy.begin(), one.of_strategy.end(), by_sd);
    const auto shown = [](const auto& strategy) {
      return fmt::format("{} {}", strategy->first, percent(strategy->second));
    };
    table.add({size_text(one.payload), one.oversubscribed ? "more than CPUs" : "one CPU each",
               percent(std::sqrt(2) * one.typical), one.of_strategy.empty() ? "" : shown(least),
               one.of_strategy.empty() ? "" : shown(most)});
  }
  table.print(out);
  out << fmt::format(
      "All values are standard deviations from run to run, in addition to the noise within a run. "
      "Measured in {} runs over {}, until {}.\n"
      "The 95 % prediction interval for the next run's ratio held in {:.1f} % of cases.\n",
      calibration.runs, duration_text(std::round(calibration.span_s)), calibration.date,
      100 * calibration.held);
}

}  // namespace

int calibrate_command(const CalibrateOptions& options, std::ostream& out, std::ostream& progress) {
  const std::string file = calibration_file(host_id(), options.pin, version());
  if (file.empty()) {
    throw UsageError(
        "neither XDG_STATE_HOME nor HOME is set, so there is no place to store the calibration; "
        "set one of them");
  }
  if (options.show) {
    const std::optional<Calibration> kept = load_calibration(file);
    if (!kept) {
      out << fmt::format(
          "there is no calibration for this machine with --pin {0}; 'handoff calibrate --pin {0}' "
          "makes one\n",
          options.pin);
      return 3;
    }
    print(out, *kept);
    out << file << '\n';
    return 0;
  }
  Suite suite = calibration_suite(options);
  const Plan plan = plan_for_this_machine(suite, options.plugins);
  const int runs = std::min(static_cast<int>(options.budget_s / plan.budget_s), kMostRuns);
  if (runs < kFewestRuns) {
    throw UsageError(fmt::format("--budget '{}' is too short for {} runs of {}; give at least {}",
                                 duration_text(options.budget_s), kFewestRuns,
                                 duration_text(plan.budget_s),
                                 duration_text(kFewestRuns * plan.budget_s)));
  }
  catch_interruptions();
  suite.budget_s = plan.budget_s;
  const double pace_s =
      (options.budget_s - plan.budget_s) / static_cast<double>(runs - 1);  // from start to start
  const std::uint64_t began_ns = monotonic_ns();
  std::random_device fresh;
  Ratios ratios;
  int done = 0;
  for (; done < runs; ++done) {
    wait_until(began_ns + static_cast<std::uint64_t>(done * pace_s * 1e9));
    if (interrupted()) break;
    progress << fmt::format("run {} of {}, {} each\n", done + 1, runs, duration_text(plan.budget_s))
             << std::flush;
    suite.seed = fresh();
    try {
      ratios.add(done, measure(
                           suite, [](Plan&) {}, options.plugins));
    } catch (const std::runtime_error&) {
      if (!interrupted()) throw;
      break;
    }
  }
  if (done < kFewestRuns) {
    progress << fmt::format(
        "interrupted after {} of {} runs; at least {} are needed, so nothing was stored\n", done,
        runs, kFewestRuns);
    return 130;
  }
  const Foretold foretold = ratios.foretold();
  const Calibration calibration{
      .host = host_id(),
      .binding = options.pin,
      .version = version(),
      .date = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
      .runs = done,
      .span_s = static_cast<double>(monotonic_ns() - began_ns) / 1e9,
      .held = foretold.pairs == 0 ? 0 : static_cast<double>(foretold.held) / foretold.pairs,
      .classes = ratios.learned()};
  print(out, calibration);
  save_calibration(file, calibration);
  out << file << '\n';
  return interrupted() ? 130 : 0;
}

}  // namespace handoff
