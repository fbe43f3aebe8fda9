#include "bench/calibration/calibration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/posix/whole_file.h"

namespace handoff {
using Json = nlohmann::json;

namespace {

constexpr int kFormat = 1;

Json to_json(const CalibrationClass& one) {
  return {{"payload", one.payload},
          {"oversubscribed", one.oversubscribed},
          {"typical", one.typical},
          {"strategies", one.of_strategy}};
}

CalibrationClass class_from(const Json& json) {
  return {.payload = json.at("payload"),
          .oversubscribed = json.at("oversubscribed"),
          .typical = json.at("typical"),
          .of_strategy = json.at("strategies").get<std::map<std::string, double>>()};
}

std::string plain(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != ','; }, '-');
  return name;
}

double distance(std::uint32_t a, std::uint32_t b) {
  return std::abs(std::log(static_cast<double>(a) / b));
}

}  // namespace

const CalibrationClass* Calibration::nearest(std::uint32_t payload, bool oversubscribed) const {
  const CalibrationClass* best = nullptr;
  for (const CalibrationClass& one : classes) {
    if (one.oversubscribed != oversubscribed) continue;
    if (best == nullptr || distance(one.payload, payload) < distance(best->payload, payload)) {
      best = &one;
    }
  }
  return best;
}

double between_run_sd(const CalibrationClass* found, std::string_view strategy) {
  if (found == nullptr) return kDefaultBetweenRunSd;
  const auto own = found->of_strategy.find(std::string(strategy));
  return own == found->of_strategy.end() ? found->typical : own->second;
}

std::string calibration_file(std::string_view host, std::string_view binding,
                             std::string_view version) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::string folder;
  if (state != nullptr && *state == '/') {  // the XDG specification ignores relative paths
    folder = state;
  } else if (home != nullptr && *home != '\0') {
    folder = std::string(home) + "/.local/state";
  } else {
    return {};
  }
  return fmt::format("{}/handoff/calibration_{}_{}_{}.json", folder, plain(host), plain(binding),
                     plain(version));
}

std::optional<Calibration> load_calibration(const std::string& file) {
  std::ifstream stream(file);
  if (file.empty() || !stream) return std::nullopt;
  try {
    const Json json = Json::parse(stream);
    if (json.at("format") != kFormat) return std::nullopt;
    Calibration calibration{.host = json.at("host"),
                            .binding = json.at("binding"),
                            .version = json.at("handoff"),
                            .date = json.at("date"),
                            .runs = json.at("runs"),
                            .span_s = json.at("span_s"),
                            .held = json.at("held"),
                            .classes = {}};
    for (const Json& one : json.at("classes")) calibration.classes.push_back(class_from(one));
    return calibration;
  } catch (const Json::exception&) {
    throw std::runtime_error(fmt::format(
        "{} is damaged, or was not written by 'handoff calibrate'; delete it, then run 'handoff "
        "calibrate' again",
        file));
  }
}

void save_calibration(const std::string& file, const Calibration& calibration) {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw std::runtime_error(
        fmt::format("cannot make the directory {}: {}", folder.string(), error.message()));
  }
  Json classes = Json::array();
  for (const CalibrationClass& one : calibration.classes) classes.push_back(to_json(one));
  write_whole_file(file, Json{{"format", kFormat},
                              {"handoff", calibration.version},
                              {"host", calibration.host},
                              {"binding", calibration.binding},
                              {"date", calibration.date},
                              {"runs", calibration.runs},
                              {"span_s", calibration.span_s},
                              {"held", calibration.held},
                              {"classes", std::move(classes)}}
                                 .dump(1) +
                             "\n");
}

}  // namespace handoff
