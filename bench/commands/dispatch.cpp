#include "bench/commands/dispatch.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include "bench/cell/cell.h"
#include "bench/cell/keeper.h"
#include "bench/commands/env.h"
#include "bench/commands/list.h"
#include "bench/commands/report.h"
#include "bench/commands/run.h"
#include "bench/driver/context.h"
#include "bench/driver/options.h"

namespace handoff {

namespace {

int leave(const Exit& exit) {
  std::cout << exit.out;
  std::cerr << exit.err;
  return exit.code;
}

struct Commands {
  CLI::App app{"handoff: compares ways of handing work from producers to consumers", "handoff"};
  RunOptions run_options;
  bool list_json = false, env_json = false;
  std::vector<std::string> report_arguments;
  CLI::App *run, *list, *env, *report;

  Commands() {
    app.set_version_flag("--version", version());
    app.require_subcommand(1);
    run = app.add_subcommand("run", "Measure strategies and say which is faster, by how much");
    add_run_options(*run, run_options);
    list = app.add_subcommand("list", "Show the strategies and their traits");
    list->add_flag("--json", list_json, "As JSON");
    env = app.add_subcommand("env", "Show this machine and what harms measuring on it");
    env->add_flag("--json", env_json, "As JSON");
    report = app.add_subcommand("report", "Make the HTML report of a run: handoff report DIR");
    report->prefix_command();
  }

  int carry_out(const std::vector<std::string>& command) {
    if (list->parsed()) return list_command(list_json, std::cout);
    if (env->parsed()) return env_command(env_json, std::cout);
    if (report->parsed()) return report_command(report->remaining());
    return run_command(resolve(run_options), command);
  }
};

}  // namespace

int dispatch(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "cell") return cell_main(kControlFd, kMemoryFd);
  if (argc > 2 && std::string_view(argv[1]) == "keeper") {
    return keeper_main(std::strtoull(argv[2], nullptr, 10));
  }
  Commands commands;
  try {
    commands.app.parse(argc, argv);
    std::vector<std::string> command(argv, argv + argc);
    command[0] = "handoff";
    return commands.carry_out(command);
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
