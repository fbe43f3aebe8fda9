// A plan for this machine or for another one, with the strategies of this program and of plug-ins.
#pragma once

#include <cstdint>
#include <string>

#include "bench/machine/cpus.h"
#include "bench/machine/topology.h"
#include "bench/plan/plan.h"
#include "bench/plan/plugins.h"
#include "bench/suite/suite.h"

namespace handoff {

/// The properties of a machine that a plan depends on.
struct Machine {
  std::string source;  // as given to --topology; empty: this machine
  Topology topology;
  CpuAllowance allowance;
  std::uint64_t available_memory_bytes = 0;
};

Machine this_machine();
/// The one that `source` describes (bench/machine/described_topology.h): all its CPUs may be used,
/// and all its memory is available. Errors: UsageError.
Machine described_machine(const std::string& source);

/// A strategy of `plugins` replaces one of this program with the same name. Errors: UsageError.
Plan plan_for(const Machine& machine, const Suite& suite, const ForeignStrategies& plugins = {});
Plan plan_for_this_machine(const Suite& suite, const ForeignStrategies& plugins = {});

}  // namespace handoff
