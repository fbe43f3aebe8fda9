// How a thread waits for what another one does, the same in every strategy of a point (Wait).
//
// The spin is bounded by time and not by a number of looks: a pause instruction lasts 40 to 140
// cycles by the model of the CPU, and nearly nothing on arm64.
#pragma once

#include <cstdint>

#include "bench/interface/clock.h"

namespace handoff {

struct Waiting {
  std::uint64_t spin_ticks = 0;  // before it sleeps; of `source`
  TickSource source = TickSource::kClock;
  bool sleeps = true;  // false: it spins for as long as it takes, and needs no wakeup

  bool spins() const { return !sleeps || spin_ticks != 0; }
  /// Whether `ready` held within the spin. False: the caller is to look again, and to sleep.
  template <class Ready>
  bool spin(Ready ready) const {
    if (!spins()) return false;
    const std::uint64_t begin = ticks(source);
    do {
      if (ready()) return true;
      relax_cpu();
    } while (!sleeps || ticks(source) - begin < spin_ticks);
    return false;
  }
};

}  // namespace handoff
