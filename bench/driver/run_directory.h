// The directory of a run: where its files are, how they are made anew from the journal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/driver/plan.h"
#include "bench/driver/record.h"

namespace handoff {

struct RunDirectory {
  std::string path;
  std::string journal() const { return path + "/journal.jsonl"; }
  std::string results() const { return path + "/results.json"; }
  std::string summary() const { return path + "/summary.md"; }
};

/// The first line of a journal.
Json journal_head(const Plan& plan, const Json& context);

/// Writes results.json and summary.md, each whole or not at all. Throws std::runtime_error with a
/// sentence when that fails.
void write_results(const RunDirectory& directory, const Json& results);

}  // namespace handoff
