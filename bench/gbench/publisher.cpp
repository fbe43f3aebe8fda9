#include "bench/gbench/publisher.h"

#include <ostream>
#include <sstream>
#include <string_view>
#include <utility>

namespace handoff {

namespace {
constexpr std::string_view kLibrarys = "/manual_time", kOurs = "/real_time";
constexpr double kSeconds = 1e-9;

/// The library's warning if it was compiled without NDEBUG.
constexpr std::string_view kDebug =
    "***WARNING*** Library was built as DEBUG. Timings may be affected.\n";
#ifdef NDEBUG
constexpr std::string_view kDebugExplained =
    "The Google Benchmark library was built with assertions (it calls that DEBUG; Debian's package "
    "is\n"
    "built so). This does not change the timings: the timed loops are compiled into "
    "handoff-gbench,\n"
    "optimised and without assertions.\n";
#else
constexpr std::string_view kDebugExplained =
    "***WARNING*** handoff-gbench was built without optimisation; to measure, build it as "
    "Release.\n";
#endif

std::string explained(std::string text) {
  if (const std::size_t at = text.find(kDebug); at != std::string::npos) {
    text.replace(at, kDebug.size(), kDebugExplained);
  }
  return text;
}

}  // namespace

Publisher::Publisher(benchmark::BenchmarkReporter& inner, const std::set<std::string>& failed,
                     std::ostream* out)
    : inner_(inner), failed_(failed), out_(out) {}

bool Publisher::ReportContext(const Context& context) {
  std::ostringstream said;
  inner_.SetErrorStream(&said);
  inner_.SetOutputStream(out_ != nullptr ? out_ : &GetOutputStream());
  const bool go_on = inner_.ReportContext(context);
  inner_.SetErrorStream(&GetErrorStream());
  GetErrorStream() << explained(said.str());
  return go_on;
}

void Publisher::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> published;
  for (Run run : runs) {
    if (run.run_name.time_type == kLibrarys.substr(1)) run.run_name.time_type = kOurs.substr(1);
    if (failed_.contains(run.run_name.str())) continue;
    if (const auto cpu = run.counters.find(kCpuCounter); cpu != run.counters.end()) {
      run.cpu_accumulated_time = cpu->second.value;
      if (run.aggregate_unit == benchmark::kTime) {  // the library divides by the iterations
        run.cpu_accumulated_time *= kSeconds * static_cast<double>(run.iterations);
      }
    }
    published.push_back(std::move(run));
  }
  if (!published.empty()) inner_.ReportRuns(published);
}

std::unique_ptr<benchmark::BenchmarkReporter> reporter_for(const std::string& format) {
  if (format == "console") {
    return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  }
  if (format == "json") return std::make_unique<benchmark::JSONReporter>();
  if (format != "csv") return nullptr;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"  // the flag still takes csv
  return std::make_unique<benchmark::CSVReporter>();
#pragma GCC diagnostic pop
}

std::string with_published_names(std::string text) {
  for (std::size_t at = 0; (at = text.find(kLibrarys, at)) != std::string::npos;) {
    text.replace(at, kLibrarys.size(), kOurs);
  }
  return text;
}

}  // namespace handoff
