// How often something happened, and how sure that is: k of n with a binomial interval.
//
// Exact interval of Clopper and Pearson (1934): covers the true rate at least as often as
// `confidence` says, whatever the rate is. Units: shares, 0 to 1.
#pragma once

#include <cstdint>

#include "bench/stats/interval.h"

namespace handoff {

/// Of `tries` independent tries, `hits` hit. No tries: value is NaN, the interval 0 to 1.
/// Throws std::invalid_argument unless 0 <= hits <= tries and 0 < confidence < 1.
Interval rate_interval(std::int64_t hits, std::int64_t tries, double confidence = 0.95);

}  // namespace handoff
