// The directory of a run: where its files are, how they are made anew from the journal.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bench/plan/plan.h"
#include "bench/results/record.h"

namespace handoff {

struct RunDirectory {
  std::string path;
  std::string journal() const { return path + "/journal.jsonl"; }
  std::string results() const { return path + "/results.json"; }
  std::string summary() const { return path + "/summary.md"; }
  std::string comparison() const { return path + "/comparison.json"; }
};

/// Makes the directory `asked`, or reports/local/<UTC time> if that is empty, for a new run. Throws
/// UsageError if it cannot be made or holds a run.
RunDirectory make_run_directory(const std::string& asked);

/// The first line of a journal.
Json journal_head(const Plan& plan, const Json& context);

/// Writes results.json and summary.md, each whole or not at all. Throws std::runtime_error with a
/// sentence when that fails.
void write_results(const RunDirectory& directory, const Json& results);
/// comparison.json, whole or not at all.
void write_comparison(const RunDirectory& directory, const Json& comparison);

}  // namespace handoff
