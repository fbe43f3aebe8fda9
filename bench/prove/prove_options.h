// The options of `handoff prove`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/plan/plugins.h"
#include "bench/prove/prover.h"
#include "bench/suite/options.h"

namespace handoff {

/// The options as typed; an empty one was not given.
struct ProveOptions {
  RunOptions run;  // strategies, axes, seed, timeout; plug-ins; progress
  std::string for_time, torment;
  bool json = false;
};

/// Adds every option of `prove`; `options` must outlive `app`.
void add_prove_options(CLI::App& app, ProveOptions& options);

/// The plan of a proof on this machine; `plugins` must outlive it. Errors: UsageError.
ProofPlan proof_plan(const ProveOptions& options, const ForeignStrategies& plugins);

/// The command that runs the failed variant again, as words. `timeout_s` is named unless it is the
/// default.
std::vector<std::string> command_for(const Subject& subject, const FailedLife& failed,
                                     double timeout_s);

}  // namespace handoff
