// A plan for this machine, with the strategies of this program and of plug-ins.
#pragma once

#include "bench/plan/plan.h"
#include "bench/plan/plugins.h"
#include "bench/suite/suite.h"

namespace handoff {

/// `plugins` come before strategies of this program that have the same name. Errors: UsageError.
Plan plan_for_this_machine(const Suite& suite, const ForeignStrategies& plugins = {});

}  // namespace handoff
