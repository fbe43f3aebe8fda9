#include "bench/stats/interval.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>

#include "bench/stats/distributions.h"

namespace handoff {
namespace {

// `squares`: sum of squared deviations of n values from their mean.
Interval around(double log_value, double squares, std::size_t n, double confidence,
                double between_log_sd) {
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("the confidence is " + std::to_string(confidence) +
                                "; give one between 0 and 1, such as 0.95");
  }
  if (n < 2) return {std::exp(log_value), 0, std::numeric_limits<double>::infinity()};
  const auto count = static_cast<double>(n);
  const double times = student_t_above((1 - confidence) / 2, count - 1);
  const double half =
      times * std::sqrt(squares / (count - 1) / count + between_log_sd * between_log_sd);
  return {std::exp(log_value), std::exp(log_value - half), std::exp(log_value + half)};
}

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

}  // namespace

Interval geometric_mean(std::span<const double> logs, double confidence, double between_log_sd) {
  const double mean = sum(logs) / static_cast<double>(logs.size());  // NaN of none
  double squares = 0;
  for (const double log : logs) squares += (log - mean) * (log - mean);
  return around(mean, squares, logs.size(), confidence, between_log_sd);
}

Interval pooled_ratio(std::span<const double> tops, std::span<const double> bottoms,
                      double confidence) {
  const double ratio = sum(tops) / sum(bottoms);
  // An incarnation moves log(ratio) by its residual over the mean of the tops, to first order.
  const double scale = sum(tops) / static_cast<double>(tops.size());
  double squares = 0;
  for (std::size_t i = 0; i < tops.size(); ++i) {
    const double residual = (tops[i] - ratio * bottoms[i]) / scale;
    squares += residual * residual;
  }
  return around(std::log(ratio), squares, tops.size(), confidence, 0);
}

}  // namespace handoff
