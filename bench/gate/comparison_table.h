// comparison.json, of `handoff compare` and `handoff gate`, for people.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace handoff {

/// The table and the sentences behind it.
void print_comparison(std::ostream& out, const nlohmann::json& comparison);

/// The same as Markdown.
std::string comparison_markdown(const nlohmann::json& comparison);

/// "no regression of 5 % or more at 3 points", "REGRESSION at 1 of 3 points", …
std::string comparison_sentence(const nlohmann::json& comparison);

}  // namespace handoff
