// The result of `handoff calibrate`: how much ratios vary from run to run on this machine.
//
// Stored in a file for each host, binding and version of handoff under $XDG_STATE_HOME/handoff/
// (~/.local/state/handoff/ if that is not set). A class is a payload together with whether there
// are more threads than CPUs. A point uses the class whose payload is nearest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handoff {

/// Standard deviation of a strategy's log time from run to run without a calibration. It makes 8 %
/// for a ratio; from two sets of ten runs of the default suite (CHANGELOG.md).
inline constexpr double kDefaultBetweenRunSd = 0.0566;

struct CalibrationClass {
  std::uint32_t payload = 0;
  bool oversubscribed = false;
  double typical = 0;                         // standard deviation for strategies not listed
  std::map<std::string, double> of_strategy;  // standard deviation of its log time
};

struct Calibration {
  std::string host, binding, version;  // it holds for these only
  std::string date;                    // when it ended, UTC
  int runs = 0;
  double span_s = 0;  // from the first run to the last
  double held = 0;    // share of ratios that lay in the 95 % prediction interval for the next run
  std::vector<CalibrationClass> classes;

  /// The class with the nearest payload; null if there is none with that `oversubscribed`.
  [[nodiscard]] const CalibrationClass* nearest(std::uint32_t payload, bool oversubscribed) const;
};

/// The standard deviation of a strategy in `found`; the default if `found` is null.
double between_run_sd(const CalibrationClass* found, std::string_view strategy);

/// The path of the calibration file; empty if neither XDG_STATE_HOME nor HOME is set.
std::string calibration_file(std::string_view host, std::string_view binding,
                             std::string_view version);

/// Empty if there is no calibration. Errors: std::runtime_error if the file is damaged.
std::optional<Calibration> load_calibration(const std::string& file);
/// Replaces the file; makes its directory if necessary. Errors: std::runtime_error.
void save_calibration(const std::string& file, const Calibration& calibration);

}  // namespace handoff
