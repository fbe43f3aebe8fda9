// A plan for this machine, with the strategies of this program and of plug-ins.
#pragma once

#include "bench/driver/plan.h"
#include "bench/driver/plugins.h"
#include "bench/driver/suite.h"

namespace handoff {

/// `plugins` come before strategies of this program that have the same name. Errors: UsageError.
Plan plan_here(const Suite& suite, const ForeignStrategies& plugins = {});

}  // namespace handoff
