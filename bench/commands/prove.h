// `handoff prove`: checks delivery in long runs, with many workloads, under disturbances.
#pragma once

#include "bench/prove/prove_options.h"

namespace handoff {

/// Returns the exit status: 0 every item was proved, 1 it could not continue, 2 a strategy failed,
/// 3 nothing was proved of some strategy, 130 interrupted. Errors: UsageError.
int prove_command(const ProveOptions& options);

}  // namespace handoff
