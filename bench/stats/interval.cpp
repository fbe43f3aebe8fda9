#include "bench/stats/interval.h"

#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/stats/distributions.h"

namespace handoff {
namespace {

struct Spread {
  double standard_error = 0;  // of the mean
  double degrees = 0;         // of freedom behind it
};

// By batch means: up to 40 deviations stand for themselves; of more, neighbours are averaged first,
// so that a state of the machine that outlasts several incarnations is not counted several times.
Spread spread_of(std::span<const double> deviations) {
  const std::size_t n = deviations.size();
  const std::size_t size = (n + kMostBatches - 1) / kMostBatches;
  const std::size_t batches = n / size;
  double squares = 0;
  for (std::size_t i = 0; i < batches; ++i) {
    const auto batch = deviations.subspan(i * n / batches, (i + 1) * n / batches - i * n / batches);
    const double mean =
        std::accumulate(batch.begin(), batch.end(), 0.0) / static_cast<double>(batch.size());
    squares += mean * mean;
  }
  const auto count = static_cast<double>(batches);
  return {std::sqrt(squares / (count - 1) / count), count - 1};
}

// `deviations`: from the mean, one an incarnation, in order of time.
Interval around(double log_value, std::span<const double> deviations, double confidence,
                double between_log_sd) {
  if (!(confidence > 0 && confidence < 1)) {
    throw std::invalid_argument("the confidence is " + std::to_string(confidence) +
                                "; give one between 0 and 1, such as 0.95");
  }
  if (deviations.size() < 2) {
    return {std::exp(log_value), 0, std::numeric_limits<double>::infinity()};
  }
  const Spread spread = spread_of(deviations);
  const double tail = (1 - confidence) / 2;
  double half = student_t_above(tail, spread.degrees) * spread.standard_error;
  if (between_log_sd > 0) half = std::hypot(half, normal_above(tail) * between_log_sd);
  return {std::exp(log_value), std::exp(log_value - half), std::exp(log_value + half)};
}

double sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

std::vector<double> deviations_from(std::span<const double> logs, double mean) {
  std::vector<double> deviations;
  for (const double log : logs) deviations.push_back(log - mean);
  return deviations;
}

}  // namespace

double standard_error(std::span<const double> logs) {
  const double mean = sum(logs) / static_cast<double>(logs.size());
  return spread_of(deviations_from(logs, mean)).standard_error;
}

Interval geometric_mean(std::span<const double> logs, double confidence, double between_log_sd) {
  const double mean = sum(logs) / static_cast<double>(logs.size());  // NaN of none
  const std::vector<double> deviations = deviations_from(logs, mean);
  return around(mean, deviations, confidence, between_log_sd);
}

Interval pooled_ratio(std::span<const double> tops, std::span<const double> bottoms,
                      double confidence) {
  const double ratio = sum(tops) / sum(bottoms);
  // An incarnation moves log(ratio) by its residual over the mean of the tops, to first order.
  const double scale = sum(tops) / static_cast<double>(tops.size());
  std::vector<double> residuals;
  for (std::size_t i = 0; i < tops.size(); ++i) {
    residuals.push_back((tops[i] - ratio * bottoms[i]) / scale);
  }
  return around(std::log(ratio), residuals, confidence, 0);
}

}  // namespace handoff
