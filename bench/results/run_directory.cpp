#include "bench/results/run_directory.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <filesystem>

#include "bench/posix/whole_file.h"
#include "bench/results/results.h"
#include "bench/results/verdict_table.h"

namespace handoff {

RunDirectory make_run_directory(const std::string& asked) {
  RunDirectory directory{asked};
  if (directory.path.empty()) {
    const std::string base =
        fmt::format("reports/local/{:%Y-%m-%dT%H-%M-%SZ}", fmt::gmtime(std::time(nullptr)));
    directory.path = base;
    for (int more = 2; std::filesystem::exists(directory.path); ++more) {
      directory.path = fmt::format("{}-{}", base, more);
    }
  }
  std::error_code error;
  std::filesystem::create_directories(directory.path, error);
  if (error) {
    throw UsageError(fmt::format("cannot make the directory {}: {}; choose another with --out",
                                 directory.path, error.message()));
  }
  if (std::filesystem::exists(directory.journal())) {
    throw UsageError(
        fmt::format("{} already holds a run; continue it with --resume {}, or choose another "
                    "directory with --out",
                    directory.path, directory.path));
  }
  return directory;
}

Json journal_head(const Plan& plan, const Json& context) {
  return {{"t", "plan"},
          {"schema", kResultsSchema},
          {"context", context},
          {"plan", to_json(plan)},
          {"slice_columns", RunRecord::slice_columns()}};
}

void write_results(const RunDirectory& directory, const Json& results) {
  write_whole_file(directory.results(), results.dump(1) + "\n");
  write_whole_file(directory.summary(), summary_markdown(results));
}

void write_comparison(const RunDirectory& directory, const Json& comparison) {
  write_whole_file(directory.comparison(), comparison.dump(1) + "\n");
}

}  // namespace handoff
