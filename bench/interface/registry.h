// How a strategy presents itself, and where the driver finds it.
//
// A strategy file ends with HANDOFF_STRATEGY(...): a static object puts its descriptor into the
// registry when the program, or the plug-in, is loaded. The driver sees strategies only through
// here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/interface/abi.h"
#include "bench/interface/mechanism.h"
#include "bench/interface/workload.h"

namespace handoff {

class Strategy;
struct Setting;

/// A `reference` is no candidate: shown beside, never winner, leader or subject of a gate.
enum class Role : std::uint8_t { kCandidate, kReference };

/// Properties a user chooses by. All default to the weaker promise.
struct Traits {
  bool fifo = false;       // items of one producer reach any one consumer in order (is checked)
  bool bounded = false;    // the primitive itself has a bound (else: credits in the strategy)
  bool blocking = false;   // the primitive itself waits (else: spin a little, then an eventcount)
  bool lock_free = false;  // no thread's pause can stop all others
  bool allocates = false;  // memory is allocated on the path of an item
  bool in_place = false;   // has places to write and read payloads in (Transfer::kInPlace)
  bool cross_process = false;    // producer and consumer need not share an address space
  bool waits_itself = false;     // some wait in it is not as the workload says (Wait)
  bool owns_threads = false;     // a runtime makes the threads: the core cannot bind them
  bool spawns_per_item = false;  // a thread or process is made for each item
};

struct Descriptor {
  std::string_view name;
  std::string_view summary;  // one line for `handoff list`
  std::string_view source;   // paper, documentation or textbook
  Family family = Family::kUnnamed;
  Carrier carrier = Carrier::kUnnamed;
  /// What holds the items under way: "mpmc ring", "locked ring", "linked queue", or kNoStructure.
  /// Two strategies of one origin say the same only where it is the same code. Empty: takes part in
  /// no pair that tells what a mechanism costs.
  std::string_view structure;
  /// Where it is another with one producer and one consumer; empty: the same.
  std::string_view structure_one_to_one;
  /// kOwnOrigin, or the library and the version that it was compiled with, by the library's own
  /// macro.
  std::string_view origin;
  Role role = Role::kCandidate;
  /// A reference that measures the machine, not the point: 1:1, 8 bytes, told the point's payload
  /// as Workload::beside, on the CPUs of the first producer and the first consumer.
  bool probe = false;
  Traits traits;
  /// Why this strategy cannot do `workload`, as a sentence; empty if it can. Asked through
  /// why_unsupported(), which knows the traits.
  std::string (*unsupported)(const Workload& workload) = nullptr;
  /// Most items that it ever keeps; null: the capacity. A slice goes round them at least 8 times.
  std::uint32_t (*keeps)(const Workload& workload) = nullptr;
  /// Executing threads or processes at `workload`; null: producers + consumers.
  std::uint32_t (*executing)(const Workload& workload) = nullptr;
  std::unique_ptr<Strategy> (*make)(const Setting& setting) = nullptr;
  /// Where an item takes far longer than a microsecond, about how long: a run is sized before
  /// anything has been measured. Never in a result.
  double slow_item_ns = 0;
};

/// Most items that the strategy ever keeps at `workload`; at least 1.
std::uint32_t items_kept(const Descriptor& descriptor, const Workload& workload);

/// What holds the items at `workload`; empty: not said.
std::string_view structure_at(const Descriptor& descriptor, const Workload& workload);

/// Why the strategy cannot do `workload`, by its traits or its own words; empty if it can.
std::string why_unsupported(const Descriptor& descriptor, const Workload& workload);

/// The strategies of this program, sorted by name.
std::span<const Descriptor* const> strategies();
/// The strategy of that name, or null.
const Descriptor* find_strategy(std::string_view name);
/// Called by HANDOFF_STRATEGY with the tag of its own headers. A strategy that cannot be taken (its
/// tag differs, its name is taken) is left out, false is returned and registration_error() says
/// why.
bool add_strategy(const Descriptor* descriptor, const char* tag);

/// Until it is called with null, strategies go to `into` and not among those of this program: what
/// a plug-in brings is known apart, whatever its names are.
void divert_registration(std::vector<const Descriptor*>* into);
/// Why strategies were left out so far, as one sentence; empty: none was.
const std::string& registration_error();

}  // namespace handoff

/// The last line of a strategy file: HANDOFF_STRATEGY(kDescriptor);
#define HANDOFF_STRATEGY(descriptor)                      \
  [[maybe_unused]] static const bool handoff_registered = \
      ::handoff::add_strategy(&(descriptor), ::handoff::kInterfaceTag)
