#include "bench/commands/dispatch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <iostream>
#include <string_view>
#include <system_error>

#include "bench/cell/keeper.h"
#include "bench/cell/plugin.h"
#include "bench/commands/calibrate.h"
#include "bench/commands/compare.h"
#include "bench/commands/complete.h"
#include "bench/commands/env.h"
#include "bench/commands/export.h"
#include "bench/commands/gate.h"
#include "bench/commands/list.h"
#include "bench/commands/manual.h"
#include "bench/commands/prove.h"
#include "bench/commands/report.h"
#include "bench/commands/run.h"
#include "bench/commands/selfcheck.h"
#include "bench/machine/build_info.h"
#include "bench/run/context.h"
#include "bench/suite/options.h"

namespace handoff {

namespace {

int leave(const Exit& exit) {
  std::cout << exit.out;
  std::cerr << exit.err;
  return exit.code;
}

/// Errors: UsageError if /proc is not mounted.
void require_proc() {
  if (access("/proc/self/stat", R_OK) == 0) return;
  throw UsageError(
      "/proc is not mounted; handoff needs it to start processes and to examine this machine; "
      "mount it with 'mount -t proc proc /proc'");
}

struct Commands {
  CLI::App app{"handoff: compares ways of handing work from producers to consumers", "handoff"};
  RunOptions run_options;
  bool list_json = false, env_json = false;
  ReportOptions report_options;
  std::vector<std::string> checks;
  CheckOptions check_options;
  std::string check_budget, check_strategies;
  std::vector<std::string> plugins;  // of list and selfcheck
  GateOptions gate_options;
  CompareOptions compare_options;
  ExportOptions export_options;
  CalibrateOptions calibrate_options;
  std::string calibrate_budget;
  ProveOptions prove_options;
  CLI::App *calibrate, *run, *list, *env, *report, *selfcheck, *gate, *compare, *exporting, *prove;

  Commands() {
    app.set_version_flag("--version", version());
    app.require_subcommand(1);
    run =
        app.add_subcommand("run", "Measure strategies, and report which is faster and by how much");
    add_run_options(*run, run_options);
    list = app.add_subcommand("list", "Show the strategies and their traits");
    list->add_flag("--json", list_json, "As JSON");
    add_plugin_option(*list, plugins);
    env = app.add_subcommand("env",
                             "Describe this machine, and warn of what disturbs measurements on it");
    env->add_flag("--json", env_json, "As JSON");
    report = app.add_subcommand("report", "Make the HTML report of a run, with figures");
    add_report_options(*report, report_options);
    selfcheck =
        app.add_subcommand("selfcheck", "Check that handoff measures correctly: " +
                                            fmt::format("{}", fmt::join(check_names(), ", ")));
    selfcheck->add_option("checks", checks, "Checks to run. Default: all")->type_name("CHECK");
    selfcheck
        ->add_option("--budget", check_budget,
                     "Time of each measurement, such as 10s. Default: depends on the check")
        ->type_name("TIME");
    selfcheck
        ->add_option("--runs", check_options.runs,
                     "aa, retest, regime: how many times to measure. Default: depends on the\n"
                     "check")
        ->check(CLI::Range(1, 1000));
    selfcheck->add_option("--seed", check_options.seed,
                          "Seed of all random orders. Default: a new one each time");
    selfcheck
        ->add_option("--replay", check_options.replay,
                     "aa, gate, retest: use the stored runs in these directories instead of\n"
                     "measuring")
        ->type_name("DIR");
    selfcheck
        ->add_option("--replays", check_options.replays,
                     "aa, gate: how many random replays of each run")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    selfcheck
        ->add_option("--strategies", check_strategies,
                     "aa, gate, regime: strategies to measure. Default: all candidates for\n"
                     "regime, else mutex_queue,lockfree_spsc")
        ->type_name("A,B,...");
    add_plugin_option(*selfcheck, plugins);
    add_calibrate();
    prove =
        app.add_subcommand("prove",
                           "Check that every item is delivered: in long runs, with many workloads, "
                           "under disturbances");
    add_prove_options(*prove, prove_options);
    add_gate();
    add_compare();
    add_export();
  }

  void add_calibrate() {
    calibrate = app.add_subcommand("calibrate",
                                   "Measure how much ratios vary from run to run on this machine");
    calibrate
        ->add_option("--budget", calibrate_budget,
                     "Time over which the separate runs are spread. Default: 10m. A longer\n"
                     "time, such as 8h over night, covers more states of the machine.")
        ->type_name("TIME");
    calibrate
        ->add_option("--pin", calibrate_options.pin,
                     "As in 'handoff run'. Each value has a calibration of its own")
        ->type_name("HOW")
        ->capture_default_str();
    calibrate
        ->add_option("--strategies", calibrate_options.strategies,
                     "Strategies to measure. Default: all candidates")
        ->type_name("A,B,...");
    add_plugin_option(*calibrate, plugins);
    calibrate->add_flag("--show", calibrate_options.show, "Print the stored calibration and exit");
    calibrate->footer(
        "The calibration is stored under $XDG_STATE_HOME/handoff (default:\n"
        "~/.local/state/handoff). 'handoff run' uses it.\n"
        "Exit status: 0 calibrated, or shown; 1 usage error; 3 there is no calibration (--show);\n"
        "130 interrupted.");
  }

  void add_gate() {
    gate = app.add_subcommand("gate", "Tell whether HEAD is slower than BASE, for use in CI");
    add_gate_options(*gate, gate_options);
  }

  void add_compare() {
    compare = app.add_subcommand("compare", "Show what changed between two runs");
    compare->add_option("BASE", compare_options.base, "Directory of the older run")->required();
    compare->add_option("HEAD", compare_options.head, "Directory of the newer run")->required();
    compare->add_flag("--anyway", compare_options.anyway,
                      "Compare even if host, compiler, binding or workload differ");
    compare->add_flag("--json", compare_options.json, "As JSON (comparison.json)");
    compare->footer("Exit status: 0 compared; 1 usage error; 3 not comparable.");
  }

  void add_export() {
    exporting = app.add_subcommand("export", "Write results in the format of another tool");
    exporting
        ->add_option("DIR", export_options.directory,
                     "Directory of a run or gate, or a file: results.json or comparison.json")
        ->required();
    exporting
        ->add_option("--format", export_options.format,
                     fmt::format("{}", fmt::join(export_formats(), ", ")))
        ->type_name("FORMAT")
        ->required();
    exporting->add_flag("--slices", export_options.slices,
                        "csv: one row per slice instead of one per cell");
    exporting->add_option("--out", export_options.out, "File to write. Default: stdout")
        ->type_name("FILE");
  }

  int carry_out(const std::vector<std::string>& command) {
    for (const CLI::App* needs_proc : {run, calibrate, gate, prove, selfcheck, env}) {
      if (needs_proc->parsed()) require_proc();
    }
    if (list->parsed()) return list_command(list_json, describe_plugins(plugins), std::cout);
    if (calibrate->parsed()) {
      if (!calibrate_budget.empty()) {
        calibrate_options.budget_s = parse_duration_s("--budget", calibrate_budget, 10, 7 * 86400);
      }
      calibrate_options.plugins = describe_plugins(plugins);
      return calibrate_command(calibrate_options, std::cout, std::cerr);
    }
    if (prove->parsed()) return prove_command(prove_options);
    if (gate->parsed()) return gate_command(gate_options, command);
    if (compare->parsed()) return compare_command(compare_options, std::cout);
    if (exporting->parsed()) return export_command(export_options, std::cout);
    if (env->parsed()) return env_command(env_json, std::cout);
    if (report->parsed()) return report_command(report_options);
    if (selfcheck->parsed()) {
      if (!check_budget.empty()) {
        check_options.budget_s = parse_duration_s("--budget", check_budget, 0.5, 86400);
      }
      if (!check_strategies.empty()) check_options.strategies = split_list(check_strategies);
      check_options.plugins = describe_plugins(plugins);
      return selfcheck_command(checks, check_options, std::cout, std::cerr);
    }
    return run_command(resolve(run_options), command);
  }
};

/// Flushes stdout. Returns `exit`, or 1 if the output could not be written. A closed pipe is no
/// error: its reader, such as `head`, wants no more.
int after_printing(int exit) {
  std::cout.flush();
  if (std::cout) return exit;
  const int why = write(STDOUT_FILENO, "\n", 1) < 0 ? errno : 0;  // std::cout keeps no reason
  if (why == EPIPE) return exit;
  std::cerr << fmt::format(
      "handoff: cannot write to standard output{}{}\n",
      why == 0 ? "" : ": " + std::generic_category().message(why),
      exit == 0 ? "" : fmt::format(" (the exit status would have been {})", exit));
  return 1;
}

/// Opens /dev/null for each standard stream that the caller has closed. Otherwise the next file
/// opened would get its descriptor, and output for the terminal would go into that file.
void open_closed_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) open("/dev/null", O_RDWR);  // takes the lowest number
  }
}

}  // namespace

bool is_hidden_role(int argc, char** argv) {
  if (argc < 2) return false;
  const std::string_view role = argv[1];
  return role == "keeper" || role == "plugin";
}

int dispatch(int argc, char** argv) {
  open_closed_streams();
  if (!registration_error().empty()) {
    std::cerr << "handoff: a strategy of this program cannot be used: " << registration_error()
              << '\n';
    return 1;
  }
  if (argc > 2 && std::string_view(argv[1]) == "plugin") return plugin_main(argv[2]);
  if (argc > 1 && std::string_view(argv[1]) == "keeper") keeper_main();
  Commands commands;
  try {
    if (argc > 1 && std::string_view(argv[1]) == "complete") {
      return complete_command(commands.app, {argv + 2, argv + argc}, std::cout);
    }
    if (argc == 2 && std::string_view(argv[1]) == "manual") {
      return after_printing(manual_command(commands.app, std::cout));
    }
    commands.app.parse(argc, argv);
    std::vector<std::string> command(argv, argv + argc);
    command[0] = "handoff";
    return after_printing(commands.carry_out(command));
  } catch (const CLI::ParseError& error) {
    return leave(exit_for(commands.app, error));
  } catch (const UsageError& error) {
    return leave(exit_for(error));
  } catch (const std::exception& error) {
    std::cerr << "handoff: " << error.what() << '\n';
    return 1;
  }
}

}  // namespace handoff
