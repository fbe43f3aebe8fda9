// What a strategy says of itself, as JSON: for `handoff list --json`, and between the driver and
// the processes that know a plug-in or another build.
#pragma once

#include <nlohmann/json.hpp>

#include "bench/interface/registry.h"

namespace handoff {

struct NamedTrait {
  const char* name;
  bool Traits::*value;
};

inline constexpr NamedTrait kTraits[] = {
    {"fifo", &Traits::fifo},
    {"bounded", &Traits::bounded},
    {"blocking", &Traits::blocking},
    {"lock_free", &Traits::lock_free},
    {"allocates", &Traits::allocates},
    {"in_place", &Traits::in_place},
    {"cross_process", &Traits::cross_process},
    {"waits_itself", &Traits::waits_itself},
    {"owns_threads", &Traits::owns_threads},
    {"spawns_per_item", &Traits::spawns_per_item},
};

inline nlohmann::json descriptor_json(const Descriptor& descriptor) {
  nlohmann::json traits;
  for (const NamedTrait& trait : kTraits) traits[trait.name] = descriptor.traits.*trait.value;
  return {{"name", descriptor.name},
          {"summary", descriptor.summary},
          {"source", descriptor.source},
          {"family", name(descriptor.family)},
          {"carrier", name(descriptor.carrier)},
          {"structure", descriptor.structure},
          {"structure_one_to_one", descriptor.structure_one_to_one},
          {"origin", descriptor.origin},
          {"role", descriptor.role == Role::kReference ? "reference" : "candidate"},
          {"probe", descriptor.probe},
          {"slow_item_ns", descriptor.slow_item_ns},
          {"traits", traits}};
}

/// All but the texts, which a descriptor does not own, and the functions.
inline Descriptor descriptor_from(const nlohmann::json& json) {
  Descriptor descriptor;
  descriptor.role = json.at("role") == "reference" ? Role::kReference : Role::kCandidate;
  descriptor.family = family_named(json.value("family", ""));
  descriptor.carrier = carrier_named(json.value("carrier", ""));
  descriptor.probe = json.value("probe", false);
  descriptor.slow_item_ns = json.value("slow_item_ns", 0.0);
  for (const NamedTrait& trait : kTraits) {
    descriptor.traits.*trait.value = json.at("traits").value(trait.name, false);
  }
  return descriptor;
}

}  // namespace handoff
