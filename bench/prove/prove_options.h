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

/// As typed; empty: not given.
struct ProveOptions {
  RunOptions run;  // strategies, axes, seed, timeout; plug-ins; progress
  std::string for_time, torment;
  bool json = false;
};

/// Adds every option of `prove`; `options` must outlive `app`.
void add_prove_options(CLI::App& app, ProveOptions& options);

/// What to prove, on this machine; `plugins` must outlive it. Errors: UsageError.
ProofPlan proof_plan(const ProveOptions& options, const ForeignStrategies& plugins);

/// The command that lives a variant again, as words. `timeout_s`: named where it is not the usual
/// one.
std::vector<std::string> command_for(const Subject& subject, const FailedLife& failed,
                                     double timeout_s);

}  // namespace handoff
