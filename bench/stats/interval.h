// An estimate with its confidence interval, and the two ways such intervals are made here.
//
// Both work on the log scale, so that A over B and B over A are the same statement, and take one
// number an incarnation, in order of time: incarnations are the independent repetitions, slices are
// not. Student's t serves for both, over the incarnations, or over batches of neighbours where
// there are more than 40. Why t and not a bootstrap or a skewness correction: docs/measuring.md.
#pragma once

#include <cstddef>
#include <span>

namespace handoff {

/// More incarnations than these are averaged in so many batches of neighbours.
inline constexpr std::size_t kMostBatches = 40;

/// One incarnation, or none, has no interval: lo is 0 and hi infinite (null in result files).
struct Interval {
  double value = 0, lo = 0, hi = 0;
};

/// Of a ratio: the same statement the other way round.
constexpr Interval inverse(const Interval& ratio) {
  return {1 / ratio.value, 1 / ratio.hi, 1 / ratio.lo};
}

/// exp of the mean of `logs`, with a two-sided t interval at `confidence`. `between_log_sd` is a
/// standard deviation known from elsewhere, so with the normal quantile; the half-widths add in
/// quadrature. No logs: value is NaN. Throws std::invalid_argument unless 0 < confidence < 1.
Interval geometric_mean(std::span<const double> logs, double confidence, double between_log_sd = 0);

/// Standard error of the mean of `logs` (at least two), in order of time.
double standard_error(std::span<const double> logs);

/// Sum of `tops` over sum of `bottoms` (all positive, one of each an incarnation), with the t
/// interval of a ratio estimator (Cochran, Sampling Techniques, 6.3) on the log scale.
Interval pooled_ratio(std::span<const double> tops, std::span<const double> bottoms,
                      double confidence);

}  // namespace handoff
