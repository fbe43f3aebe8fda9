// A plan for this machine, with the strategies of this program.
#pragma once

#include "bench/driver/plan.h"
#include "bench/driver/suite.h"

namespace handoff {

/// Errors: UsageError.
Plan plan_here(const Suite& suite);

}  // namespace handoff
