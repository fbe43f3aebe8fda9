#include "bench/stats/distributions.h"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

namespace handoff {

namespace {
// In double throughout: long double would be good to digits that nobody asks for, and takes three
// times as long to compile.
using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
}  // namespace

double student_t_above(double tail, double degrees) {
  // Two tails of t lie where the beta variate degrees / (degrees + t^2) does (Abramowitz, Stegun
  // 26.7.1); the inverse gives both that variate and what it lacks to 1.
  double rest = 0;
  const double part = boost::math::ibeta_inv(degrees / 2, 0.5, 2 * tail, &rest, Policy());
  return std::sqrt(degrees * rest / part);
}

double normal_above(double tail) {
  return std::sqrt(2.0) * boost::math::erfc_inv(2 * tail, Policy());
}

double beta_below(double share, double a, double b) {
  return boost::math::ibeta_inv(a, b, share, Policy());
}

double beta_above(double share, double a, double b) {
  return boost::math::ibetac_inv(a, b, share, Policy());
}

}  // namespace handoff
