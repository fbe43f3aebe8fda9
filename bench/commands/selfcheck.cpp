#include "bench/commands/selfcheck.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/run/interruption.h"
#include "bench/suite/nearest.h"

namespace handoff {

namespace {

struct Check {
  const char* name;
  CheckResult (*run)(const CheckOptions&, std::ostream&);
};
constexpr Check kChecks[] = {{"proof", check_proof},   {"parked", check_parked},
                             {"aa", check_aa},         {"layout", check_layout},
                             {"regime", check_regime}, {"gate", check_gate},
                             {"retest", check_retest}};

}  // namespace

const std::vector<std::string>& check_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Check& check : kChecks) all.emplace_back(check.name);
    return all;
  }();
  return names;
}

int selfcheck_command(const std::vector<std::string>& names, const CheckOptions& options,
                      std::ostream& out, std::ostream& progress) {
  for (const std::string& name : names) parse_name("selfcheck", name, check_names());
  catch_interruptions();
  int exit = 0;
  for (const Check& check : kChecks) {
    if (!names.empty() && std::find(names.begin(), names.end(), check.name) == names.end())
      continue;
    CheckResult result;
    try {
      result = check.run(options, progress);
    } catch (const UsageError&) {
      throw;
    } catch (const std::exception& error) {
      result = {CheckVerdict::kFailed, error.what()};
    }
    if (interrupted()) return 130;
    out << fmt::format("{:<7} {:<12} {}\n", check.name, name(result.verdict), result.text)
        << std::flush;
    if (result.verdict == CheckVerdict::kFailed) exit = 2;
    if (result.verdict == CheckVerdict::kCannotTell && exit == 0) exit = 3;
  }
  return exit;
}

}  // namespace handoff
