#include "bench/driver/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <sstream>

namespace handoff {
namespace {

struct Described {
  const char* key;   // of the suite file; the option is --key
  const char* type;  // as shown in the help
  const char* help;
};

constexpr Described kAxes[] = {
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
     "copy: by value through the strategy; move: a buffer changes its owner."},
};

constexpr Described kSettings[] = {
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
     "scatter; or a CPU list such as 0,2-5."},
    {"memory", "SIZE",
     "Memory for all cells of a point together: 512M, 4G. Default: a\n"
     "quarter of what is available."},
};

constexpr const char* kExamples =
    R"(Examples:
  handoff run                                   the default suite, two minutes
  handoff run --suite quick                     a first look, 20 seconds
  handoff run --suite full --out night          everything, results in night/
  handoff run --strategies mutex_queue,lockfree_queue --pairs 1:1,4:2 --payload 64,64K
  handoff run --producers 1,2,4 --consumers 1,2,4 --capacity 64,1024
  handoff run --suite default --payload 64      the suite's thread counts at one size
  handoff run --suite default --precision 5%    done as soon as it is clear
  handoff run --strategies a=mutex_queue,b=mutex_queue --budget 10s
  handoff run --config mine.toml --pin 0,1      a file like those in bench/suites/
  handoff run --resume night                    go on after an interruption

Exit status: 0 done; 1 usage, or the run could not go on; 2 a cell failed; 130 interrupted.)";

constexpr const char* kGateExamples =
    R"(Examples:
  handoff gate --base old/my_queue.so --head new/my_queue.so
  handoff gate --base old/my_queue.so --head new/my_queue.so --pairs 1:1,2:2 --threshold 10%
  handoff gate --base ./handoff-old --head ./handoff --strategies mutex_queue

Exit status: 0 no regression; 2 a regression, or items not delivered; 3 undecided in the budget;
1 usage; 130 interrupted.)";

bool is_axis(std::string_view key) {
  return std::any_of(std::begin(kAxes), std::end(kAxes), [key](const Described& axis) {
    return axis.key == key && key != "strategies";
  });
}

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) {
    throw UsageError(
        fmt::format("--config '{}' cannot be read; give a TOML file such as those in "
                    "bench/suites/",
                    path));
  }
  return text.str();
}

Suite base_suite(const RunOptions& options) {
  if (!options.suite.empty() && !options.config.empty()) {
    throw UsageError(fmt::format("--suite '{}' and --config '{}' exclude each other; give one",
                                 options.suite, options.config));
  }
  if (!options.config.empty()) return parse_suite(read_file(options.config), options.config);
  const bool axes =
      std::any_of(options.values.begin(), options.values.end(),
                  [](const auto& given) { return !given.second.empty() && is_axis(given.first); });
  if (axes && options.suite.empty()) return parse_suite("", "command line");
  const std::string name =
      options.suite.empty() ? "default" : parse_name("--suite", options.suite, suite_names());
  Suite suite = parse_suite(suite_text(name), name + ".toml");
  suite.name = name;
  return suite;
}

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

}  // namespace

void add_plugin_option(CLI::App& app, std::vector<std::string>& plugins) {
  app.add_option("--plugin", plugins,
                 "Strategies from a shared library, built with handoff_add_strategy();\n"
                 "may be repeated.")
      ->type_name("FILE")
      ->type_size(1)
      ->allow_extra_args(false);
}

void add_run_options(CLI::App& app, RunOptions& options) {
  const TextOptions text(app);
  add_plugin_option(app, options.plugins);
  app.get_option("--plugin")->group("What to measure");
  text("suite", options.suite, "NAME", "quick (20s), default (120s) or full (15m).")
      ->group("What to measure");
  text("config", options.config, "FILE",
       "Suite from a TOML file. Axes and settings given beside it, or beside\n"
       "--suite, replace its own.")
      ->group("What to measure");
  text.axes(options);
  for (const Described& setting : kSettings) text.setting(setting, options);
  text("out", options.out, "DIR", "Where results go. Default: reports/local/<UTC time>.")
      ->group("Results");
  text("resume", options.resume, "DIR",
       "Go on with an interrupted run, with its options; refused for another\n"
       "plan.")
      ->group("Results");
  text.progress(options);
  app.add_flag("--no-references", options.no_references,
               "Candidates only: neither references nor the A/A control join the points.")
      ->disable_flag_override()
      ->group("What to measure");
  app.footer(kExamples);
  app.get_formatter()->column_width(26);
}

void add_gate_options(CLI::App& app, GateOptions& options) {
  const TextOptions text(app);
  text("base", options.base, "FILE",
       "What is compared with: a plug-in (.so) of the older commit, or a build of\n"
       "handoff.")
      ->required()
      ->group("What to measure");
  text("head", options.head, "FILE", "What may have become slower: the same of the newer commit.")
      ->required()
      ->group("What to measure");
  text("threshold", options.threshold, "SHARE",
       "A slowdown of so much is a regression. Default: 5%.")
      ->group("What to measure");
  text.axes(options.run);
  for (const Described& setting : kSettings) {
    static constexpr std::string_view kOfARace[] = {"incarnations", "precision"};
    const bool race =
        std::find(std::begin(kOfARace), std::end(kOfARace), setting.key) != std::end(kOfARace);
    if (!race) text.setting(setting, options.run);
  }
  text("out", options.run.out, "DIR",
       "Where journal.jsonl and comparison.json go. Default:\n"
       "reports/local/<UTC time>.")
      ->group("Results");
  text.progress(options.run);
  app.footer(kGateExamples);
  app.get_formatter()->column_width(26);
}

RunRequest resolve(const RunOptions& options) {
  RunRequest request;
  request.suite = base_suite(options);
  request.shapes_plan = !options.suite.empty() || !options.config.empty();
  const auto given = [&](const char* key) {
    const auto at = options.values.find(key);
    return at == options.values.end() ? std::string_view{} : std::string_view{at->second};
  };
  for (const char* side : {"producers", "consumers"}) {
    if (given("pairs").empty() || given(side).empty()) continue;
    throw UsageError(fmt::format(
        "--pairs '{}' and --{} '{}' exclude each other; give --pairs, or --producers with "
        "--consumers",
        given("pairs"), side, given(side)));
  }
  Axes axes;  // the command line's: they replace those of every group
  for (const auto& [key, value] : options.values) {
    if (value.empty()) continue;
    const std::vector<std::string> values = split_list(value);
    const std::string where = "--" + key;
    request.shapes_plan = request.shapes_plan || key != "timeout";
    if (!set_axis(axes, key, values, where)) set_setting(request.suite, key, values, where);
  }
  if (!axes.empty()) {
    for (Axes& group : request.suite.groups) {
      Axes merged = axes;
      inherit(merged, group);
      group = std::move(merged);
    }
    request.suite.name = "custom";
  }

  if (!options.out.empty() && !options.resume.empty()) {
    throw UsageError(fmt::format(
        "--out '{}' and --resume '{}' exclude each other; a resumed run goes on in its directory",
        options.out, options.resume));
  }
  if (options.no_references) request.suite.references = false;
  request.plugins = options.plugins;
  request.shapes_plan = request.shapes_plan || !options.plugins.empty();
  request.out = options.out;
  request.resume = options.resume;
  request.quiet = options.quiet;
  if (!options.progress.empty()) {
    static const std::vector<std::string> names{"auto", "plain", "none"};
    const std::string how = parse_name("--progress", options.progress, names);
    request.progress = how == "plain"  ? Progress::kPlain
                       : how == "none" ? Progress::kNone
                                       : Progress::kAuto;
  }
  if (request.suite.incarnations.value_or(8) < 8) {
    request.warnings.push_back(
        fmt::format("--incarnations '{}' is too few for a verdict; every pair stays undecided "
                    "below 8",
                    *request.suite.incarnations));
  }
  return request;
}

RunRequest resolve_axes(RunOptions options) {
  const bool axes =
      std::any_of(options.values.begin(), options.values.end(),
                  [](const auto& given) { return !given.second.empty() && is_axis(given.first); });
  if (!axes) options.values["pairs"] = "1:1";
  return resolve(options);
}

std::variant<RunRequest, Exit> parse_run(const std::vector<std::string>& arguments) {
  RunOptions options;
  CLI::App app("Measure strategies side by side and say which is faster.", "handoff run");
  add_run_options(app, options);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    return resolve(options);
  } catch (const CLI::ParseError& error) {
    return exit_for(app, error);
  } catch (const UsageError& error) {
    return exit_for(error);
  }
}

}  // namespace handoff
