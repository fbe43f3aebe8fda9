#include "bench/stats/rates.h"

#include <stdexcept>
#include <string>

#include "bench/stats/distributions.h"

namespace handoff {

Interval rate_interval(std::int64_t hits, std::int64_t tries, double confidence) {
  if (hits < 0 || hits > tries) {
    throw std::invalid_argument("a rate of " + std::to_string(hits) + " of " +
                                std::to_string(tries) + " is none; give hits from 0 to the tries");
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("the confidence is " + std::to_string(confidence) +
                                "; give one between 0 and 1, such as 0.95");
  }
  const auto k = static_cast<double>(hits);
  const auto n = static_cast<double>(tries);
  const double tail = (1 - confidence) / 2;
  Interval rate{k / n, 0, 1};  // NaN of no tries
  if (hits > 0) rate.lo = beta_below(tail, k, n - k + 1);
  if (hits < tries) rate.hi = beta_above(tail, k + 1, n - k);
  return rate;
}

}  // namespace handoff
