// comparison.json of `handoff compare` and `handoff gate` as text for people.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// Prints the table and the sentences below it.
void print_comparison(std::ostream& out, const nlohmann::json& comparison);

/// The same as Markdown.
std::string comparison_markdown(const nlohmann::json& comparison);

/// "no regression of 5 % or more in 3 comparisons", "REGRESSION in 1 of 3 comparisons", …
std::string comparison_sentence(const nlohmann::json& comparison);

}  // namespace handoff
