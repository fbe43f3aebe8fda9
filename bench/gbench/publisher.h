// What stands between Google Benchmark's reporters and its results: names, CPU time, failures.
//
// Manual time would end every name of a cell in /manual_time; ours say /real_time, which it is: the
// time of the hand-over, taken in the cell. CPU time would be that of the driver, which sleeps; it
// becomes that of the cell. Benchmarks that failed are left out altogether: Google Benchmark would
// report them with time 0, and the repetitions that went well as if nothing had been. Where the
// library warns that it is a debug build, a sentence says what that means (docs/ci.md).
#pragma once

#include <benchmark/benchmark.h>

#include <iosfwd>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace handoff {

inline constexpr const char* kCpuCounter = "cpu_ns_per_item";

class Publisher final : public benchmark::BenchmarkReporter {
 public:
  /// `failed`: published names of what failed so far. `out`: where to print; null: where the
  /// library says (a file that it opens).
  Publisher(benchmark::BenchmarkReporter& inner, const std::set<std::string>& failed,
            std::ostream* out);

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override { inner_.Finalize(); }

 private:
  benchmark::BenchmarkReporter& inner_;
  const std::set<std::string>& failed_;
  std::ostream* const out_;
};

/// The reporter of that format: console, json or csv; null if there is none.
std::unique_ptr<benchmark::BenchmarkReporter> reporter_for(const std::string& format);

/// `text` with names as they are published.
std::string with_published_names(std::string text);

}  // namespace handoff
