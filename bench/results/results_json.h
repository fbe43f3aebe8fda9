// Numbers and intervals as results.json writes them.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>

#include "bench/stats/interval.h"

namespace handoff {

/// An item of `floor` is a round trip.
inline constexpr double kHandOversInFloorItem = 2;

/// JSON has no NaN and no infinity: they become null.
inline nlohmann::json number_json(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

/// {value_key, "lo", "hi"}, times `scale`. The interval of a single incarnation reaches from 0 to
/// infinity; then both ends are null.
inline nlohmann::json interval_json(const Interval& interval, const char* value_key,
                                    double scale = 1) {
  const bool known = std::isfinite(interval.lo) && std::isfinite(interval.hi);
  return {{value_key, number_json(interval.value * scale)},
          {"lo", known ? number_json(interval.lo * scale) : nlohmann::json(nullptr)},
          {"hi", known ? number_json(interval.hi * scale) : nlohmann::json(nullptr)}};
}

}  // namespace handoff
