// The valid name nearest to a mistyped one, for error messages.
//
// Distance: edits by insertion, deletion, substitution and transposition of neighbours (optimal
// string alignment), letters compared without case. Source: Damerau, CACM 7(3), 1964.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace handoff {

/// Edits that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The closest of `names` if it is likely to be meant: at most a third of the letters differ, or
/// one name begins with the other. Of equally close names, the first.
std::optional<std::string> nearest(std::string_view name, std::span<const std::string> names);

/// "did you mean 'x'?", or "choose from a, b and c" if no name is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> names);

}  // namespace handoff
