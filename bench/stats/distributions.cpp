#include "bench/stats/distributions.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace handoff {

double student_t_above(double tail, double degrees) {
  return boost::math::quantile(boost::math::complement(boost::math::students_t(degrees), tail));
}

double beta_below(double share, double a, double b) {
  return boost::math::quantile(boost::math::beta_distribution<>(a, b), share);
}

double beta_above(double share, double a, double b) {
  return boost::math::quantile(
      boost::math::complement(boost::math::beta_distribution<>(a, b), share));
}

}  // namespace handoff
