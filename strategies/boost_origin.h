// Descriptor::origin of what is made of Boost: "Boost 1.74", of the headers it is compiled with.
#pragma once

#include <array>
#include <boost/version.hpp>
#include <string_view>

namespace handoff {

inline constexpr auto kBoostOriginText = [] {
  auto text = std::to_array("Boost " BOOST_LIB_VERSION);
  for (char& c : text) {
    if (c == '_') c = '.';
  }
  return text;
}();
inline constexpr std::string_view kBoostOrigin(kBoostOriginText.data(),
                                               kBoostOriginText.size() - 1);

}  // namespace handoff
