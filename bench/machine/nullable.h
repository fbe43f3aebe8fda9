// An unknown value is null in JSON, never 0 and never NaN.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

namespace handoff::machine {

template <class T>
nlohmann::json nullable(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace handoff::machine
