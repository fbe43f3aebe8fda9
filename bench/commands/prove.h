// `handoff prove`: proof beyond the slice.
#pragma once

#include "bench/prove/prove_options.h"

namespace handoff {

/// Returns the exit status: 0 every item was proved, 1 it could not go on, 2 a strategy failed, 3
/// of one nothing is proved, 130 interrupted. Errors: UsageError.
int prove_command(const ProveOptions& options);

}  // namespace handoff
