// The options of `handoff run` and `handoff gate`, and the messages for usage errors of any
// command.
//
// The command line is read by CLI11 as text (RunOptions), then resolved against the suite or file
// that it names (RunRequest). Nothing here exits or prints: a usage error becomes an Exit whose
// `err` is one sentence with the option, the value seen and the nearest valid name or range.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/suite/suite.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace handoff {

/// How the program ends: its exit status, and what it prints to stdout and stderr before.
struct Exit {
  int code = 0;
  std::string out, err;
};

/// The options as typed; an empty one was not given.
struct RunOptions {
  std::string suite, config, out, resume, progress, topology;
  bool quiet = false, no_references = false, dry_run = false, json = false;
  std::vector<std::string> plugins;
  std::map<std::string, std::string> values;  // axes and settings by their key in a suite file
};

enum class Progress : std::uint8_t { kAuto, kPlain, kNone };
/// auto, plain or none; empty: auto. Errors: UsageError.
Progress parse_progress(const std::string& text);

/// What to do. Checked as far as possible without knowing the strategies and the machine.
struct RunRequest {
  Suite suite;  // the named one, overridden by the command line
  std::string out, resume;
  std::vector<std::string> plugins;
  bool quiet = false;
  bool dry_run = false;  // the plan is shown, and nothing runs
  bool json = false;     // of a dry run: as JSON
  std::string topology;  // of a dry run: the machine to plan for; empty: this one
  Progress progress = Progress::kAuto;
  bool shapes_plan = false;  // some option affects the plan; --resume then compares the plans
  std::vector<std::string> warnings;  // sentences for stderr
};

/// auto, plain, none.
const std::vector<std::string>& progress_words();

/// Adds --plugin FILE, which may be repeated.
void add_plugin_option(CLI::App& app, std::vector<std::string>& plugins);

/// Adds every option of `run`, with help and examples, to `app`; `options` must outlive it.
void add_run_options(CLI::App& app, RunOptions& options);

/// Suite, file and command line put together. Errors: UsageError.
///
/// Without --suite and --config: if axes are given, the suite is "custom" and has these axes only
/// (values not given are 1:1, 64 bytes, 1024 items, copy); without axes it is "default".
RunRequest resolve(const RunOptions& options);

/// The same for commands without suites: without axes, the point is 1:1, 64 bytes, 1024 items,
/// copy.
RunRequest resolve_axes(RunOptions options);

/// The options of `handoff gate` as typed.
struct GateOptions {
  std::string base, head, threshold;
  RunOptions run;
};
void add_gate_options(CLI::App& app, GateOptions& options);

/// What an exception of CLI11 leads to: help or version with status 0, else one sentence in our
/// style and status 1. `root` is the app whose parse() threw.
Exit exit_for(const CLI::App& root, const CLI::ParseError& error);
Exit exit_for(const UsageError& error);

/// `handoff run` on its own: `arguments` after the word run.
std::variant<RunRequest, Exit> parse_run(const std::vector<std::string>& arguments);

}  // namespace handoff
