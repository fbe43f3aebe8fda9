// The axes and settings of a suite file as options of the command line, with their help. For
// `handoff run`, `handoff gate` and `handoff prove`.
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "bench/suite/options.h"

namespace handoff {

struct Described {
  const char* key;   // of the suite file; the option is --key
  const char* type;  // as shown in the help
  const char* help;
};

inline constexpr Described kAxes[] = {
    {"strategies", "A,B,...",
     "Strategies to compare. label=strategy runs one under another name:\n"
     "a=mutex_queue,b=mutex_queue compares a strategy with itself.\n"
     "Default: all candidates. References are added automatically."},
    {"pairs", "P:C,...",
     "Producers:consumers, such as 4:2. Or a word for counts that fit the\n"
     "machine: symmetric, many-to-one, one-to-many, oversubscribed; auto is\n"
     "1:1 and all of these."},
    {"producers", "N,...",
     "Producer counts; with --consumers, every combination. Excludes --pairs."},
    {"consumers", "N,...", "Consumer counts; see --producers."},
    {"payload", "SIZE,...", "Bytes per item, 8 to 1M. Suffixes: K, M (or KB, KiB, ...)."},
    {"capacity", "N,...",
     "How many items a strategy may hold at most, 1 to 16777216. Lowered for\n"
     "large payloads to stay within --memory."},
    {"transfer", "KIND,...",
     "How the payload travels. copy: copied in and copied out; move: a\n"
     "buffer changes its owner; in_place: written and read in the memory of\n"
     "the strategy."},
    {"wait", "KIND,...",
     "How a thread waits while the strategy is full or empty. block: it\n"
     "sleeps; spin: it polls; spin-block (default): it polls for a while,\n"
     "then sleeps."},
    {"spin", "TIME,...",
     "How long spin-block polls, 1ns to 1s. Default: 10us; 500ns if there\n"
     "are more threads than CPUs."},
};

inline constexpr Described kSettings[] = {
    {"budget", "TIME",
     "Time for the whole run, such as 20s or 2m. Points that do not fit are\n"
     "dropped, the last first, and named. Default: that of the suite, or what\n"
     "the given values need (at least 20s)."},
    {"slice", "TIME",
     "Length of a slice (one short measurement), 100us to 60s. Default: 1ms;\n"
     "longer if there are more threads than CPUs."},
    {"incarnations", "N",
     "How many times each strategy is started anew, 1 to 1000; a verdict\n"
     "needs 8. Default: 8, up to 200 if the budget has room."},
    {"precision", "SHARE",
     "Stop a point once its ratios are known to within SHARE, such as 1%,\n"
     "and a strategy once it is clearly slower. The time goes to undecided\n"
     "points. Default: every point gets its part of the budget."},
    {"seed", "N", "Seed of all random orders. Default: a new one; the results state it."},
    {"timeout", "TIME", "A strategy without progress for this time counts as hung. Default: 10s."},
    {"pin", "HOW",
     "Binding of threads to CPUs. auto: one thread per core if there are\n"
     "enough; none; compact; scatter; or a CPU list such as 0,2-5 or 0-14:2."},
    {"memory", "SIZE",
     "Memory for all strategies of a point together, such as 512M or 4G.\n"
     "Default: a quarter of the available memory."},
};

/// Adds options with a value. If one is given several times, the last counts.
class TextOptions {
 public:
  explicit TextOptions(CLI::App& app) : app_(app) {}

  CLI::Option* operator()(const char* key, std::string& into, const char* type,
                          const char* help) const {
    return app_.add_option(fmt::format("--{}", key), into, help)
        ->type_name(type)
        ->take_last()
        ->check([](const std::string& value) { return value.empty() ? "missing" : ""; });
  }

  void axes(RunOptions& options) const {
    for (const Described& axis : kAxes) {
      (*this)(axis.key, options.values[axis.key], axis.type, axis.help)
          ->join(',')
          ->group("What to measure");
    }
  }

  void setting(const Described& setting, RunOptions& options) const {
    (*this)(setting.key, options.values[setting.key], setting.type, setting.help)->group("How");
  }

  void progress(RunOptions& options) const {
    (*this)("progress", options.progress, "HOW",
            "auto: one updating line on a terminal, else plain lines; plain: lines;\n"
            "none.")
        ->group("Results");
    app_.add_flag("--quiet", options.quiet, "No plan and no progress on stderr; warnings remain.")
        ->disable_flag_override()
        ->group("Results");
  }

 private:
  CLI::App& app_;
};

}  // namespace handoff
