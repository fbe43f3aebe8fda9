#include "bench/run/context.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <map>

#include "bench/machine/build_info.h"
#include "bench/machine/environment.h"
#include "bench/stats/estimate.h"

namespace handoff {

namespace {

std::string file_id(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  char buffer[1 << 16];
  while (file.read(buffer, sizeof buffer), file.gcount() > 0) {
    for (std::streamsize i = 0; i < file.gcount(); ++i) {
      hash = (hash ^ static_cast<unsigned char>(buffer[i])) * 0x100000001b3;
    }
  }
  return fmt::format("{:016x}", hash);
}

/// Every file besides this program whose code runs in cells of `plan`, with a hash of its content.
nlohmann::json code_files(const Plan& plan) {
  std::map<std::string, std::string> ids;
  for (const PointPlan& point : plan.points) {
    for (const CellPlan& cell : point.cells) {
      for (const std::string& file : {cell.plugin, cell.program}) {
        if (!file.empty() && !ids.contains(file)) ids[file] = file_id(file);
      }
    }
  }
  nlohmann::json files = nlohmann::json::array();
  for (const auto& [file, id] : ids) files.push_back({{"file", file}, {"id", id}});
  return files;
}

}  // namespace

std::string binary_id() { return file_id("/proc/self/exe"); }

nlohmann::json make_context(const Plan& plan, const std::vector<std::string>& command) {
  const EstimateOptions statistics;
  return {{"handoff", version()},
          {"binary", binary_id()},
          {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
          {"command", command},
          {"suite", plan.suite},
          {"seed", plan.seed},
          {"budget_s", plan.budget_s},
          {"incarnations", plan.incarnations},
          {"pin", plan.pin},
          {"precision", plan.precision > 0 ? nlohmann::json(plan.precision) : nullptr},
          {"code", code_files(plan)},
          {"dropped", plan.dropped},
          {"confidence", statistics.confidence},
          {"margin", statistics.margin},
          {"environment", describe_environment()}};
}

void print_warnings(std::ostream& out, const nlohmann::json& context) {
  for (const nlohmann::json& warning : context.at("environment").at("warnings")) {
    out << fmt::format("warning: {} {}\n", warning.at("what").get<std::string>(),
                       warning.at("remedy").get<std::string>());
  }
}

std::string context_refusal(const std::string& dir, const nlohmann::json& there,
                            const nlohmann::json& here) {
  const auto host = [](const nlohmann::json& context) {
    return context["environment"]["host"].value("host_id", "");
  };
  if (host(there) != host(here)) {
    return fmt::format(
        "cannot resume {}: it was measured on another host (host id {}; this host is {}); start a "
        "new run",
        dir, host(there), host(here));
  }
  if (there.value("binary", "") != here.value("binary", "")) {
    return fmt::format(
        "cannot resume {}: it was measured by another build of handoff; start a new run", dir);
  }
  const auto code = [](const nlohmann::json& context) {
    return context.contains("code") ? context.at("code") : nlohmann::json::array();
  };
  if (code(there) != code(here)) {
    return fmt::format(
        "cannot resume {}: a plug-in or program that it measures has changed since; start a new "
        "run",
        dir);
  }
  return {};
}

}  // namespace handoff
