#include "bench/suite/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <sstream>

#include "bench/suite/text_options.h"

namespace handoff {
namespace {

constexpr const char* kExamples =
    R"(Examples:
  handoff run                                   the default suite, two minutes
  handoff run --suite quick                     a first look, 25 seconds
  handoff run --suite full --out night          everything, results in night/
  handoff run --strategies mutex_queue,lockfree_queue --pairs 1:1,4:2 --payload 64,64K
  handoff run --producers 1,2,4 --consumers 1,2,4 --capacity 64,1024
  handoff run --suite default --payload 64      the suite's thread counts at one payload size
  handoff run --suite default --precision 5%    stops as soon as ratios are known to 5 %
  handoff run --strategies a=mutex_queue,b=mutex_queue --budget 10s
  handoff run --config mine.toml --pin 0,1      a file like those in bench/suite/
  handoff run --resume night                    continue an interrupted run
  handoff run --dry-run --topology 'pack:2 l3:8 core:4 pu:2'   plan for 128 CPUs

Exit status: 0 done; 1 usage error, or the run could not continue; 2 a strategy failed;
130 interrupted.)";

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
                    "bench/suite/",
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

}  // namespace

const std::vector<std::string>& progress_words() {
  static const std::vector<std::string> words{"auto", "plain", "none"};
  return words;
}

void add_plugin_option(CLI::App& app, std::vector<std::string>& plugins) {
  app.add_option("--plugin", plugins,
                 "Shared library with further strategies, built with\n"
                 "handoff_add_strategy(). May be repeated.")
      ->type_name("FILE")
      ->type_size(1)
      ->allow_extra_args(false);
}

void add_run_options(CLI::App& app, RunOptions& options) {
  const TextOptions text(app);
  add_plugin_option(app, options.plugins);
  app.get_option("--plugin")->group("What to measure");
  text("suite", options.suite, "NAME", "quick (25s), default (120s) or full (15m).")
      ->group("What to measure");
  text("config", options.config, "FILE",
       "Suite from a TOML file. Values given on the command line replace those\n"
       "of the file, or of --suite.")
      ->group("What to measure");
  text.axes(options);
  for (const Described& setting : kSettings) text.setting(setting, options);
  text("out", options.out, "DIR", "Directory for the results. Default: reports/local/<UTC time>.")
      ->group("Results");
  text("resume", options.resume, "DIR",
       "Continue the interrupted run in DIR with its own options. Refused if\n"
       "other options would change its plan.")
      ->group("Results");
  text.progress(options);
  app.add_flag("--no-references", options.no_references,
               "Measure candidates only: no references, no A/A control.")
      ->disable_flag_override()
      ->group("What to measure");
  app.add_flag("--dry-run", options.dry_run,
               "Show the plan and exit; nothing is measured or written.")
      ->disable_flag_override()
      ->group("Results");
  text("topology", options.topology, "MACHINE",
       "With --dry-run: plan for another machine, described in hwloc's\n"
       "synthetic format or by an XML file that lstopo wrote on it.")
      ->group("Results");
  app.add_flag("--json", options.json, "With --dry-run: show the plan as JSON.")
      ->disable_flag_override()
      ->group("Results");
  app.footer(kExamples);
  app.get_formatter()->column_width(26);
}

Progress parse_progress(const std::string& text) {
  if (text.empty()) return Progress::kAuto;
  const std::string how = parse_name("--progress", text, progress_words());
  return how == "plain" ? Progress::kPlain : how == "none" ? Progress::kNone : Progress::kAuto;
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
        "--pairs '{}' and --{} '{}' exclude each other; give either --pairs, or --producers with "
        "--consumers",
        given("pairs"), side, given(side)));
  }
  Axes axes;  // of the command line: they replace those of every group
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
    throw UsageError(
        fmt::format("--out '{}' and --resume '{}' exclude each other; a resumed run writes to its "
                    "own directory",
                    options.out, options.resume));
  }
  if (options.dry_run && !options.resume.empty()) {
    throw UsageError(
        fmt::format("--dry-run and --resume '{}' exclude each other; a resumed run keeps its plan",
                    options.resume));
  }
  if (!options.dry_run && !options.topology.empty()) {
    throw UsageError(
        fmt::format("--topology '{}' describes another machine, but a run measures this one; add "
                    "--dry-run to see the plan for the other machine",
                    options.topology));
  }
  if (!options.dry_run && options.json) {
    throw UsageError("--json works with --dry-run only; a run writes its results to results.json");
  }
  request.dry_run = options.dry_run;
  request.json = options.json;
  request.topology = options.topology;
  if (options.no_references) request.suite.references = false;
  request.plugins = options.plugins;
  request.shapes_plan = request.shapes_plan || !options.plugins.empty();
  request.out = options.out;
  request.resume = options.resume;
  request.quiet = options.quiet;
  request.progress = parse_progress(options.progress);
  if (request.suite.incarnations.value_or(8) < 8) {
    request.warnings.push_back(
        fmt::format("--incarnations {} is too few for a verdict; every pair stays undecided with "
                    "fewer than 8",
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
  CLI::App app("Measure strategies side by side, and report which is faster.", "handoff run");
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
