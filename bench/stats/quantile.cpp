#include "bench/stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace handoff {

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double quantile(std::vector<double> values, double p) {
  if (!(p >= 0 && p <= 1)) {
    throw std::invalid_argument("a quantile's share is " + std::to_string(p) +
                                "; give one from 0 to 1");
  }
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double rank = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(std::floor(rank));
  const double share = rank - static_cast<double>(below);
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  if (share == 0) return *at;
  const double above = *std::min_element(at + 1, values.end());
  return *at + share * (above - *at);
}

}  // namespace handoff
