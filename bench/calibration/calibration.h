// What `handoff calibrate` has learned of this machine: how much ratios move from run to run.
//
// Kept as a file for each host, binding and version of handoff under $XDG_STATE_HOME/handoff/
// (~/.local/state where that is not set). A class is a payload with each thread on a CPU of its
// own, or with more threads than CPUs; a point takes the class whose payload is nearest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff {

/// What a strategy's log time moves by from run to run where nothing was learned (standard
/// deviation): 8 % for a ratio, from twice ten runs of the default suite (CHANGELOG.md).
inline constexpr double kDefaultBetweenRunSd = 0.0566;

struct CalibrationClass {
  std::uint32_t payload = 0;
  bool oversubscribed = false;
  double typical = 0;                         // standard deviation, of a strategy not listed
  std::map<std::string, double> of_strategy;  // standard deviation of its log time
};

struct Calibration {
  std::string host, binding, version;  // whose it is
  std::string date;                    // of its end, UTC
  int runs = 0;
  double span_s = 0;  // from the first run to the last
  double held = 0;    // share of ratios that came as foretold, see below
  std::vector<CalibrationClass> classes;

  /// The nearest class; null: there is none of that oversubscription.
  [[nodiscard]] const CalibrationClass* nearest(std::uint32_t payload, bool oversubscribed) const;
};

/// Of a strategy in `found`; the default where that is null.
double between_run_sd(const CalibrationClass* found, std::string_view strategy);

/// The file for it; empty: neither XDG_STATE_HOME nor HOME is set.
std::string calibration_file(std::string_view host, std::string_view binding,
                             std::string_view version);

/// Empty: there is none. Errors: std::runtime_error for a file that is not what handoff writes.
std::optional<Calibration> load_calibration(const std::string& file);
/// Replaces the file; makes its directory. Errors: std::runtime_error.
void save_calibration(const std::string& file, const Calibration& calibration);

}  // namespace handoff
