// The axes and settings of a suite file as options of the command line, with their help; and how an
// option with a value is added. For `handoff run` and `handoff gate`.
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
     "Strategies to compare, or label=strategy to run one under its own\n"
     "name (a=mutex_queue,b=mutex_queue compares a strategy with itself).\n"
     "Default: all candidates. References join by themselves."},
    {"pairs", "P:C,...",
     "Producers:consumers. Words follow the machine: symmetric,\n"
     "many-to-one, one-to-many, oversubscribed, and auto: 1:1 and all these."},
    {"producers", "N,...",
     "Producer counts; with --consumers, every combination.\n"
     "Excludes --pairs."},
    {"consumers", "N,...", "Consumer counts; see --producers."},
    {"payload", "SIZE,...", "Bytes an item, 8 to 1M; suffixes K and M (B and iB may follow)."},
    {"capacity", "N,...",
     "Items handed in and not yet taken out, at most (1 to 16777216).\n"
     "Lowered for large payloads to stay within --memory."},
    {"transfer", "KIND,...",
     "copy: into the strategy and out of it; move: a buffer changes its\n"
     "owner; in_place: written and read where the strategy keeps it."},
    {"wait", "KIND,...",
     "What one does that finds no room, or no item. block: sleeps;\n"
     "spin: looks again and again; spin-block (default): both in turn."},
    {"spin", "TIME,...",
     "How long spin-block spins, 1ns to 1s. Default: 10us, and 500ns where\n"
     "threads exceed CPUs."},
};

inline constexpr Described kSettings[] = {
    {"budget", "TIME",
     "Time for the whole run: 20s, 2m. Points that it cannot hold are\n"
     "dropped, the last first, and named. Default: the suite's, or what the\n"
     "axes given need (at least 20s)."},
    {"slice", "TIME",
     "Length of a slice, 100us to 60s. Default: 1ms, longer where threads\n"
     "exceed CPUs."},
    {"incarnations", "N",
     "Lifetimes of every cell, 1 to 1000; a verdict needs 8. Default: 8,\n"
     "up to 200 where the budget has room."},
    {"precision", "SHARE",
     "Stop a point once its ratios are known to so much, 1% say, and measure\n"
     "clear losers no further; the time goes to what is still open. Default:\n"
     "every point gets its part of the budget."},
    {"seed", "N", "Seed of all random orders. Default: a fresh one, stated in the results."},
    {"timeout", "TIME", "A cell without progress for so long counts as hung. Default: 10s."},
    {"pin", "HOW",
     "auto: one thread per core where they are enough; none; compact;\n"
     "scatter; or a CPU list such as 0,2-5 or 0-14:2."},
    {"memory", "SIZE",
     "Memory for all cells of a point together: 512M, 4G. Default: a\n"
     "quarter of what is available."},
};

/// Options with a value, given at most once in effect: the last counts.
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
            "auto: one updating line on a terminal, else plain lines; plain; none.")
        ->group("Results");
    app_.add_flag("--quiet", options.quiet, "No plan and no progress on stderr; warnings remain.")
        ->disable_flag_override()
        ->group("Results");
  }

 private:
  CLI::App& app_;
};

}  // namespace handoff
