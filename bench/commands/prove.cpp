#include "bench/commands/prove.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "bench/prove/proof_report.h"
#include "bench/results/text_table.h"
#include "bench/run/interruption.h"
#include "bench/run/progress.h"

namespace handoff {

namespace {

std::string progress_line(const ProofState& state) {
  return fmt::format(
      "{} {} at {}  {} items proved  {:.0f} s left", state.now.subject.strategy->name,
      state.shrinking ? "failed, trying again" : "runs", describe(state.variant),
      human_count(static_cast<double>(state.items)), std::max(state.for_s - state.elapsed_s, 0.0));
}

}  // namespace

int prove_command(const ProveOptions& options) {
  ignore_failing_writes();
  const Progress progress = parse_progress(options.run.progress);
  const ForeignStrategies plugins = describe_plugins(options.run.plugins);
  const ProofPlan plan = proof_plan(options, plugins);
  ProgressLine line(std::cerr, options.run.quiet ? Progress::kNone : progress,
                    isatty(STDERR_FILENO) != 0);
  if (!options.run.quiet) {
    std::cerr << fmt::format("{} strategies, {} combinations of values, time {}, seed {}\n",
                             plan.subjects.size(), combinations(plan.axes),
                             duration_text(plan.for_s), plan.seed);
  }
  catch_interruptions();
  Prover prover(plan, [&](const ProofState& state) {
    if (line.is_due(state.elapsed_s)) line.show(progress_line(state));
  });
  std::string trouble;
  try {
    prover.run();
  } catch (const std::exception& error) {
    trouble = error.what();  // the results so far are still printed below
  }
  line.done();
  if (!trouble.empty()) std::cerr << fmt::format("handoff: {}; the proof stops here\n", trouble);
  const int exit = trouble.empty() ? proof_exit(prover.proofs(), interrupted()) : 1;
  if (options.json) {
    std::cout << proofs_json(plan, prover.proofs(), prover.elapsed_s(), exit).dump(2) << '\n';
  } else {
    print_proofs(std::cout, plan, prover.proofs());
    if (interrupted()) std::cout << "\ninterrupted: the table shows what was proved until then\n";
  }
  return exit;
}

}  // namespace handoff
