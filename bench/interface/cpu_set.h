// The set of one CPU, as the system calls that bind want it.
#pragma once

#include <sched.h>

namespace handoff {

inline cpu_set_t only_cpu(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  return set;
}

}  // namespace handoff
