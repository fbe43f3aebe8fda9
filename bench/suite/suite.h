// A suite: which points to measure, in which order, and how long. Suites that come with handoff and
// files that users write have one format, TOML:
//
//   budget = "60s"                 settings stand at the top: strategies, budget, slice,
//   payload = [64, "4K"]           incarnations, precision, seed, timeout, pin, memory
//   [first]                        each section is a group of points, the product of its axes:
//   pairs = "1:1"                  pairs (or producers and consumers), payload, capacity, transfer,
//                                  wait, spin
//   [rest]                         axes at the top are the defaults of the groups
//   pairs = ["auto", "8:1"]        earlier points matter more: a small budget drops the last first
//   capacity = [64, 1024]
//   incarnations = 16              raises the minimum (8) for the points of this group, if the
//                                  budget still holds all of them
//
// A point that occurs again is measured once. Units: bytes, seconds, items.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/interface/workload.h"
#include "bench/suite/suite_values.h"

namespace handoff {

/// The axes of one group; an empty one was not given.
struct Axes {
  std::vector<AskedPair> pairs;
  std::vector<std::uint32_t> producers, consumers;  // their product; excludes pairs
  std::vector<std::uint32_t> payload, capacity;
  std::vector<Transfer> transfer;
  std::vector<Wait> wait;
  std::vector<std::uint32_t> spin_ns;  // of waits that spin for a while
  std::optional<int> incarnations;     // minimum for its points; not an axis

  [[nodiscard]] bool empty() const;
};

struct Suite {
  std::string name = "custom";            // quick, default, full; custom if changed or a user's own
  std::vector<AskedStrategy> strategies;  // empty: all candidates
  std::optional<double> budget_s, slice_s, timeout_s;
  std::optional<double> precision;  // a share: a point stops once its ratios are known to within it
  std::optional<int> incarnations;
  std::optional<std::uint64_t> seed, memory_bytes;
  bool references = true;  // add the registered references and the A/A control
  std::string pin = "auto";
  std::vector<Axes> groups;
};

inline constexpr int kMaxIncarnations = 1000;
inline constexpr std::uint64_t kMaxSeed = (std::uint64_t{1} << 53) - 1;  // exact in any JSON reader

/// The text of a suite that comes with handoff (generated from bench/suite/); empty if there is
/// none of that name.
std::string_view suite_text(std::string_view name);
/// quick, default, full.
const std::vector<std::string>& suite_names();

/// Reads a suite file's text. `origin` begins error sentences: the file's name.
/// Errors: UsageError for anything that is not known, not TOML, or out of range.
Suite parse_suite(std::string_view text, std::string_view origin);

/// Sets one axis or setting by its key, replacing what was there; false if the key is not one.
/// `pairs` clears `producers` and `consumers`, and the other way round.
bool set_axis(Axes& axes, std::string_view key, std::span<const std::string> values,
              std::string_view where);
bool set_setting(Suite& suite, std::string_view key, std::span<const std::string> values,
                 std::string_view where);
/// Axes that are empty in `axes` are taken from `defaults`.
void inherit(Axes& axes, const Axes& defaults);

/// The pairs that `asked` stands for on `usable_cpus`, each once. For n = 2, 4, 8 … up to
/// usable_cpus: symmetric n:n, many-to-one n:1, one-to-many 1:n; oversubscribed is twice the CPUs
/// on each side, at least 4:4; auto is 1:1, then all of these. The most informative n come first,
/// since a budget drops what comes last: 2, then half the CPUs, then the middle between these, and
/// so on; n beyond half the CPUs come last. On 128 CPUs: 2, 64, 8, 4, 16, 32, 128.
std::vector<AskedPair> expand_pairs(std::span<const AskedPair> asked, int usable_cpus);

/// Default of how long a wait spins before it sleeps. Very short if there are more threads than
/// CPUs: the awaited thread may need the CPU of the one that spins.
std::uint32_t usual_spin_ns(std::uint32_t threads, int usable_cpus);

/// The workloads of a group on `usable_cpus`: pairs slowest, then payload, capacity, transfer,
/// wait, spin. Values not given are 1:1, 64 bytes, 1024 items, copy, spin-block, usual_spin_ns().
std::vector<Workload> expand_axes(const Axes& axes, int usable_cpus);

}  // namespace handoff
