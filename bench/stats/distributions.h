// Quantiles of the distributions that intervals here are made of (Boost.Math, in one place: its
// headers take longer to compile than all else in this folder).
#pragma once

namespace handoff {

/// The value that Student's t with `degrees` (> 0) of freedom exceeds with probability `tail`.
double student_t_above(double tail, double degrees);

/// The value that a standard normal variate exceeds with probability `tail`.
double normal_above(double tail);

/// The value below which a beta variate with shapes `a`, `b` (> 0) lies with probability `share`;
/// `beta_above`: above which.
double beta_below(double share, double a, double b);
double beta_above(double share, double a, double b);

}  // namespace handoff
