// Where the executing threads of a cell are bound: `--pin auto|none|compact|scatter|<CPU list>`.
//
//   auto     one thread per physical core, then SMT siblings; unbound where usable CPUs are too few
//   none     the scheduler decides
//   compact  neighbours first: SMT siblings, then the same cache, then the same package
//   scatter  distance first: other packages, then other caches, then other cores, then siblings
//   0,2-3    these CPUs in this order, producers first; repeated when there are more threads
//
// Except for a list, producers and consumers alternate along that order, so that a producer and its
// consumer are as near (auto, compact) or as far (scatter) as the mode says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/machine/cpus.h"
#include "bench/machine/topology.h"

namespace handoff {

enum class PinMode : std::uint8_t { kAuto, kNone, kCompact, kScatter, kList };

struct PinRequest {
  PinMode mode = PinMode::kAuto;
  std::vector<int> cpus;  // kList: as given

  friend bool operator==(const PinRequest&, const PinRequest&) = default;
};

/// The value of --pin. On failure nullopt and `error` is the sentence to print.
std::optional<PinRequest> parse_pin(std::string_view text, std::string& error);
/// What parse_pin takes: "auto", …, "0,2-3".
std::string to_string(const PinRequest& request);
/// Why `request` cannot be had by this process, as a sentence; empty if it can.
std::string pin_error(const PinRequest& request, const CpuAllowance& allowance);

/// Stands in every row of a result (`binding` in docs/results.md).
struct Placement {
  std::string mode;
  bool bound = false;
  std::vector<int> cpus;        // one per executing thread, producers first; empty when not bound
  bool oversubscribed = false;  // more executing threads than usable CPUs
  std::string note;             // what a reader should know, as a clause; may be empty
};

/// `executing`: threads or processes that run at once, usually producers + consumers; fewer: the
/// last ones do not exist (`direct`); more: the additional ones come last.
/// REQUIRES: pin_error(request, allowance) is empty, else std::invalid_argument with the sentence.
Placement place(const PinRequest& request, std::uint32_t producers, std::uint32_t consumers,
                std::uint32_t executing, const Topology& topology, const CpuAllowance& allowance);

}  // namespace handoff
