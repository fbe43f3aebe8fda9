#include "bench/gbench/publisher.h"

#include <string_view>
#include <utility>

namespace handoff {

namespace {
constexpr std::string_view kLibrarys = "/manual_time", kOurs = "/real_time";
constexpr double kSeconds = 1e-9;
}  // namespace

Publisher::Publisher(benchmark::BenchmarkReporter& inner, const std::set<std::string>& failed,
                     std::ostream* out)
    : inner_(inner), failed_(failed), out_(out) {}

bool Publisher::ReportContext(const Context& context) {
  inner_.SetOutputStream(out_ != nullptr ? out_ : &GetOutputStream());
  return inner_.ReportContext(context);
}

void Publisher::ReportRuns(const std::vector<Run>& runs) {
  std::vector<Run> published;
  for (Run run : runs) {
    run.run_name.time_type = kOurs.substr(1);
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
