#include "bench/machine/system_sampler.h"

#include <algorithm>
#include <utility>

#include "bench/machine/files.h"

namespace handoff {
namespace {

bool counts(const std::string& label, const std::vector<int>& cpus) {
  if (cpus.empty()) return label == "cpu";
  return std::any_of(cpus.begin(), cpus.end(),
                     [&label](int cpu) { return label == "cpu" + std::to_string(cpu); });
}

}  // namespace

std::optional<StealTicks> steal_ticks(const std::string& root, const std::vector<int>& cpus) {
  const auto text = machine::read_text(root, "/proc/stat");
  if (!text) return std::nullopt;
  StealTicks ticks;
  bool found = false;
  for (const auto& line : machine::split(*text, "\n")) {
    if (!line.starts_with("cpu")) break;  // they come first; the rest is long
    const auto fields = machine::split(line, " ");
    // cpu user nice system idle iowait irq softirq steal guest…: guest is part of user.
    constexpr std::size_t kSteal = 8;
    if (fields.size() <= kSteal || !counts(fields[0], cpus)) continue;
    for (std::size_t i = 1; i <= kSteal; ++i) {
      const auto value = machine::to_number(fields[i]);
      ticks.all += static_cast<std::uint64_t>(value.value_or(0));
      if (i == kSteal) ticks.stolen += static_cast<std::uint64_t>(value.value_or(0));
    }
    found = true;
  }
  if (!found) return std::nullopt;
  return ticks;
}

std::optional<double> steal_share(const StealTicks& from, const StealTicks& to) {
  if (to.all <= from.all) return std::nullopt;
  if (to.stolen <= from.stolen) return 0.0;  // counters of idle and steal may step back a little
  const double share =
      static_cast<double>(to.stolen - from.stolen) / static_cast<double>(to.all - from.all);
  return std::min(1.0, share);
}

SystemSampler::SystemSampler(std::string root, std::vector<int> cpus)
    : root_(std::move(root)), cpus_(std::move(cpus)), last_(steal_ticks(root_, cpus_)) {}

SystemSample SystemSampler::sample() {
  SystemSample sample;
  const auto now = steal_ticks(root_, cpus_);
  if (last_ && now) sample.steal_share = steal_share(*last_, *now);
  if (now) last_ = now;
  sample.load_average = machine::read_number(root_, "/proc/loadavg");
  return sample;
}

}  // namespace handoff
