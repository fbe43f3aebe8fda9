#include "bench/plan/plugins.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "bench/cell/descriptor_json.h"
#include "bench/posix/child_output.h"
#include "bench/suite/suite_values.h"

namespace handoff {

using Json = nlohmann::json;

namespace {

std::string canonical(const std::string& option, const std::string& file) {
  std::error_code error;
  std::string path = std::filesystem::canonical(file, error).string();
  if (error || std::filesystem::is_directory(path)) {
    throw UsageError(fmt::format("{} '{}' cannot be read: {}", option, file,
                                 error ? error.message() : "it is a directory"));
  }
  return path;
}

ForeignStrategies strategies_from(const std::string& file, const Json& told) {
  ForeignStrategies strategies;
  for (const Json& one : told) {
    auto made = std::make_unique<ForeignStrategy>();
    made->file = file;
    made->name = one.at("name");
    made->summary = one.at("summary");
    made->source = one.at("source");
    made->structure = one.value("structure", "");
    made->structure_one_to_one = one.value("structure_one_to_one", "");
    made->origin = one.value("origin", "");
    made->descriptor = descriptor_from(one);
    made->descriptor.name = made->name;
    made->descriptor.summary = made->summary;
    made->descriptor.source = made->source;
    made->descriptor.structure = made->structure;
    made->descriptor.structure_one_to_one = made->structure_one_to_one;
    made->descriptor.origin = made->origin;
    strategies.push_back(std::move(made));
  }
  return strategies;
}

/// The last line is the description; the plug-in itself may have printed others while it was
/// loaded.
std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return {};
  const std::size_t before = text.rfind('\n', end);
  return text.substr(before == std::string::npos ? 0 : before + 1);
}

}  // namespace

ForeignStrategies describe_plugin(const std::string& option, const std::string& file) {
  const std::string path = canonical(option, file);
  const ChildOutput output = output_of("/proc/self/exe", {"plugin", path});
  if (!output.failed.empty()) {
    throw UsageError(fmt::format("the plug-in {} {} while it was loaded", path, output.failed));
  }
  const Json told = Json::parse(last_line(output.text), nullptr, false);
  if (!told.is_object()) {
    throw UsageError(fmt::format(
        "the plug-in {} ended its process while it was loaded; a plug-in must not call exit()",
        path));
  }
  if (told.contains("error")) throw UsageError(told.at("error").get<std::string>());
  return strategies_from(path, told.at("strategies"));
}

ForeignStrategies describe_plugins(const std::vector<std::string>& files) {
  ForeignStrategies all;
  for (const std::string& file : files) {
    for (auto& strategy : describe_plugin("--plugin", file)) {
      if (find_strategy(strategy->name) != nullptr) {
        throw UsageError(
            fmt::format("the plug-in {} has a strategy '{}', and so has this program; rename it "
                        "('handoff gate' "
                        "can compare two of the same name)",
                        strategy->file, strategy->name));
      }
      for (const auto& other : all) {
        if (other->name != strategy->name) continue;
        throw UsageError(
            fmt::format("the plug-ins {} and {} both have a strategy '{}'; rename one ('handoff "
                        "gate' can compare "
                        "two of the same name)",
                        other->file, strategy->file, strategy->name));
      }
      all.push_back(std::move(strategy));
    }
  }
  return all;
}

ForeignStrategies describe_program(const std::string& option, const std::string& file) {
  const std::string path = canonical(option, file);
  Json told;
  try {
    const ChildOutput output = output_of(path, {"list", "--json"});
    if (output.failed.empty()) told = Json::parse(output.text, nullptr, false);
  } catch (const std::system_error&) {
    // Not executable: reported below.
  }
  try {
    if (told.is_array() && !told.empty()) return strategies_from(path, told);
  } catch (const Json::exception&) {
    // Not the output of handoff: reported below.
  }
  throw UsageError(
      fmt::format("{} '{}' is neither a plug-in (its name would end in .so) nor a build of handoff",
                  option, file));
}

}  // namespace handoff
