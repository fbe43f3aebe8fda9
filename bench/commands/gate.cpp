#include "bench/commands/gate.h"

#include <unistd.h>

#include <iostream>

#include "bench/gate/comparison_table.h"
#include "bench/gate/gate.h"
#include "bench/results/run_directory.h"
#include "bench/run/context.h"
#include "bench/run/interruption.h"
#include "bench/run/progress.h"

namespace handoff {

namespace {

GateRequest request_of(const GateOptions& options, const RunRequest& run) {
  GateRequest request{options.base, options.head, run.suite};
  if (!options.threshold.empty()) {
    request.threshold = parse_share("--threshold", options.threshold, 0.005, 1);
  }
  return request;
}

}  // namespace

int gate_command(const GateOptions& options, const std::vector<std::string>& command) {
  ignore_failing_writes();
  const RunRequest run = resolve_axes(options.run);
  const GateRequest request = request_of(options, run);
  const Plan plan = gate_plan(request);
  const GateRule rule = gate_rule(plan, request.threshold);
  const RunDirectory directory = make_run_directory(run.out);
  const Json context = make_context(plan, command);
  RunRecord record(plan);
  Journal journal = Journal::create(directory.journal());
  journal.add(journal_head(plan, context));
  journal.flush();
  print_warnings(std::cerr, context);
  if (!run.quiet) print_plan(std::cerr, plan);
  ProgressDisplay display(std::cerr, run.quiet ? Progress::kNone : run.progress,
                          isatty(STDERR_FILENO) != 0);
  catch_interruptions();
  const int ended = Runner(
                        plan, journal, record, [&](const RunState& state) { display.show(state); },
                        gate_referee(rule))
                        .run();
  display.done();
  const std::vector<GatePoint> points = gate_points(plan, record, rule);
  const Json comparison = gate_json(request, context, rule, points);
  print_comparison(std::cout, comparison);
  write_comparison(directory, comparison);
  std::cout << directory.comparison() << std::endl;
  return ended == 130 ? 130 : gate_exit(points);
}

}  // namespace handoff
