#include "bench/commands/run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <optional>

#include "bench/plan/plan_for_machine.h"
#include "bench/results/results.h"
#include "bench/results/run_directory.h"
#include "bench/results/verdict_table.h"
#include "bench/run/context.h"
#include "bench/run/interruption.h"
#include "bench/run/progress.h"
#include "bench/run/runner.h"

namespace handoff {

namespace {

/// A run that is about to begin or to be resumed.
struct Sitting {
  RunDirectory directory;
  Plan plan;
  Json context;
  std::optional<RunRecord> record;
  std::optional<Journal> journal;
};

Sitting begin(const RunRequest& request, const std::vector<std::string>& command) {
  Sitting sitting;
  sitting.plan = plan_for_this_machine(request.suite, describe_plugins(request.plugins));
  sitting.directory = make_run_directory(request.out);
  sitting.context = make_context(sitting.plan, command);
  sitting.record.emplace(sitting.plan);
  sitting.journal = Journal::create(sitting.directory.journal());
  sitting.journal->add(journal_head(sitting.plan, sitting.context));
  sitting.journal->flush();
  return sitting;
}

/// Reads the plan and the measurements of earlier sittings. Errors: UsageError if the journal is
/// damaged.
void read_back(Sitting& sitting, const std::vector<Json>& lines) {
  std::size_t number = 1;
  try {
    sitting.plan = plan_from_json(lines[0].at("plan"));
    sitting.context = lines[0].at("context");
    sitting.context.at("environment").at("host").at("host_id");
    sitting.record.emplace(sitting.plan);
    for (const Json& line : lines) {
      sitting.record->add(line);
      ++number;
    }
  } catch (const std::exception&) {  // the parser's message would not help the user
    throw UsageError(fmt::format(
        "line {} of {} is damaged or was written by another version of handoff; start a "
        "new run with --out",
        number, sitting.directory.journal()));
  }
}

Sitting resume(const RunRequest& request, const std::vector<std::string>& command) {
  Sitting sitting;
  sitting.directory = {request.resume};
  const std::vector<Json> lines = read_journal(sitting.directory.journal());
  read_back(sitting, lines);
  if (request.suite.timeout_s) sitting.plan.timeout_s = *request.suite.timeout_s;
  if (request.shapes_plan) {
    Suite suite = request.suite;
    suite.seed = sitting.plan.seed;
    if (const std::string why =
            resume_refusal(request.resume, sitting.plan,
                           plan_for_this_machine(suite, describe_plugins(request.plugins)));
        !why.empty()) {
      throw UsageError(why);
    }
  }
  if (const std::string why =
          context_refusal(request.resume, sitting.context, make_context(sitting.plan, command));
      !why.empty()) {
    throw UsageError(why);
  }
  if (sitting.record->status() == "complete") {
    throw UsageError(fmt::format(
        "the run in {0} is complete, so it cannot be resumed; 'handoff report {0}' makes "
        "its report",
        request.resume));
  }
  sitting.journal = Journal::append_to(sitting.directory.journal());
  const Json mark{{"t", "resume"}};
  sitting.record->add(mark);
  sitting.journal->add(mark);
  return sitting;
}

void show_plan(const RunRequest& request) {
  const Machine machine =
      request.topology.empty() ? this_machine() : described_machine(request.topology);
  const Plan plan = plan_for(machine, request.suite, describe_plugins(request.plugins));
  if (request.json) {
    std::cout << to_json(plan).dump(2) << '\n';
  } else {
    print_plan(std::cout, plan);
  }
}

}  // namespace

int run_command(const RunRequest& request, const std::vector<std::string>& command) {
  ignore_failing_writes();
  if (request.dry_run) {
    show_plan(request);
    return 0;
  }
  Sitting sitting = request.resume.empty() ? begin(request, command) : resume(request, command);
  for (const std::string& warning : request.warnings) std::cerr << "warning: " << warning << '\n';
  print_warnings(std::cerr, sitting.context);
  if (!request.quiet) print_plan(std::cerr, sitting.plan);
  ProgressDisplay display(std::cerr, request.quiet ? Progress::kNone : request.progress,
                          isatty(STDERR_FILENO) != 0);
  catch_interruptions();
  int exit = 1;
  std::string trouble;
  try {
    exit = Runner(sitting.plan, *sitting.journal, *sitting.record, [&](const RunState& state) {
             display.show(state);
           }).run();
  } catch (const std::exception& error) {
    trouble = error.what();  // the results so far are still printed below
    sitting.record->add(
        {{"t", "end"}, {"status", "stopped"}, {"exit", 1}, {"spent_s", sitting.record->spent_s()}});
  }
  display.done();
  if (!trouble.empty()) {
    std::cerr << fmt::format(
        "handoff: {}; the run stops here; {} holds all blocks up to the last\n", trouble,
        sitting.directory.journal());
  }
  const Json results = make_results(sitting.plan, sitting.context, *sitting.record);
  print_verdicts(std::cout, results);  // before the files, which a full disk may prevent
  write_results(sitting.directory, results);
  std::cout << sitting.directory.results() << std::endl;
  return exit;
}

}  // namespace handoff
