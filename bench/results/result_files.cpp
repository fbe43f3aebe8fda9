#include "bench/results/result_files.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "bench/results/results.h"
#include "bench/results/run_directory.h"
#include "bench/suite/suite_values.h"

namespace handoff {

namespace {

Json read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    throw UsageError(
        fmt::format("cannot read {}; give a directory that handoff has written", path));
  Json json = Json::parse(file, nullptr, false);
  const bool known = json.is_object() && (json.contains("points") || json.contains("changes"));
  if (!known || !json.contains("schema")) {
    throw UsageError(
        fmt::format("{} is no result of handoff, or is damaged; give a directory that handoff has "
                    "written",
                    path));
  }
  if (json.at("schema") != kResultsSchema) {
    throw UsageError(fmt::format(
        "{} has schema {}, but this version of handoff reads schema {}; use the version "
        "that wrote it",
        path, json.at("schema").dump(), kResultsSchema));
  }
  return json;
}

}  // namespace

Json read_results(const std::string& directory) {
  if (!std::filesystem::is_directory(directory)) {
    throw UsageError(fmt::format(
        "there is no directory {}; give one that 'handoff run --out' has written", directory));
  }
  return read(RunDirectory{directory}.results());
}

Json read_results_or_comparison(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return read(path);
  const RunDirectory directory{path};
  const bool run = std::filesystem::exists(directory.results());
  return read(run ? directory.results() : directory.comparison());
}

}  // namespace handoff
