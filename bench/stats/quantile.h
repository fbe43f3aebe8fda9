// Order statistics of a sample: the one place where medians come from.
//
// Units: those of the values. Values must not be NaN; the median of no values is NaN.
#pragma once

#include <vector>

namespace handoff {

/// The middle value; of an even number the mean of the two in the middle. O(n).
double median(std::vector<double> values);

/// The value below which a share `p` (0 to 1) of the sample lies, linear between order statistics
/// (Hyndman & Fan 1996, type 7). Throws std::invalid_argument if p is outside 0 to 1. O(n).
double quantile(std::vector<double> values, double p);

}  // namespace handoff
