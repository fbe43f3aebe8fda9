// The directory of a run and the files in it.
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

/// Makes the directory `asked` for a new run; if that is empty, reports/local/<UTC time>. Throws
/// UsageError if the directory cannot be made or already holds a run.
RunDirectory make_run_directory(const std::string& asked);

/// The first line of a journal.
Json journal_head(const Plan& plan, const Json& context);

/// Writes results.json and summary.md, each completely or not at all. Throws std::runtime_error
/// with a sentence if that fails.
void write_results(const RunDirectory& directory, const Json& results);
/// Writes comparison.json, completely or not at all.
void write_comparison(const RunDirectory& directory, const Json& comparison);

}  // namespace handoff
