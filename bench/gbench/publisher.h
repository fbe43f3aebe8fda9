// Changes the results before Google Benchmark's reporters get them.
//
// Names: with manual time, the library ends the names of cells in /manual_time. They are published
// with /real_time, since it is the real time of the hand-over, taken in the cell. CPU time: the
// library's would be that of the driver, which sleeps; it is replaced by that of the cell.
// Failures: benchmarks that failed are left out. Google Benchmark would report them with time 0,
// and their other repetitions as good. If the library warns that it is a debug build, an
// explanation is printed instead (docs/ci.md).
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
  /// `failed`: published names of the benchmarks that failed so far. `out`: where to print; null:
  /// the stream that the library sets (a file that it opens).
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

/// The reporter of a format: console, json or csv; null for any other.
std::unique_ptr<benchmark::BenchmarkReporter> reporter_for(const std::string& format);

/// `text` with all names as they are published.
std::string with_published_names(std::string text);

}  // namespace handoff
