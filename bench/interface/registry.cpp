#include "bench/interface/registry.h"

#include <algorithm>
#include <vector>

namespace handoff {

namespace {

struct Registry {
  std::vector<const Descriptor*> own;
  std::vector<const Descriptor*>* destination = &own;
  std::string error;
};

Registry& registry() {
  static Registry one;  // inside a function: used before main
  return one;
}

const Descriptor* find_among(std::span<const Descriptor* const> all, std::string_view name) {
  for (const Descriptor* descriptor : all) {
    if (descriptor->name == name) return descriptor;
  }
  return nullptr;
}

bool left_out(const std::string& why) {
  registry().error = why;
  return false;
}

}  // namespace

std::string why_unsupported(const Descriptor& descriptor, const Workload& workload) {
  if (workload.transfer == Transfer::kInPlace && !descriptor.traits.in_place) {
    return std::string(descriptor.name) +
           " has no places in which payloads could be written and read: copy or move only";
  }
  return descriptor.unsupported == nullptr ? std::string() : descriptor.unsupported(workload);
}

std::uint32_t items_kept(const Descriptor& descriptor, const Workload& workload) {
  if (descriptor.keeps == nullptr) return workload.capacity;
  return std::clamp(descriptor.keeps(workload), 1U, workload.capacity);
}

std::string_view structure_at(const Descriptor& descriptor, const Workload& workload) {
  const bool one_to_one = workload.producers == 1 && workload.consumers == 1;
  return one_to_one && !descriptor.structure_one_to_one.empty() ? descriptor.structure_one_to_one
                                                                : descriptor.structure;
}

std::span<const Descriptor* const> strategies() { return registry().own; }

const Descriptor* find_strategy(std::string_view name) { return find_among(registry().own, name); }

void divert_registration(std::vector<const Descriptor*>* into) {
  registry().destination = into == nullptr ? &registry().own : into;
}

const std::string& registration_error() { return registry().error; }

bool add_strategy(const Descriptor* descriptor, const char* tag) {
  if (std::string_view(tag) != kInterfaceTag) {
    return left_out(std::string("it was built for \"") + tag + "\" and this handoff is \"" +
                    kInterfaceTag + "\"; build it with this handoff's headers and compiler");
  }
  std::vector<const Descriptor*>& all = *registry().destination;
  if (find_among(all, descriptor->name) != nullptr) {
    return left_out("two of its strategies are named '" + std::string(descriptor->name) +
                    "'; rename one");
  }
  const auto place =
      std::upper_bound(all.begin(), all.end(), descriptor,
                       [](const Descriptor* a, const Descriptor* b) { return a->name < b->name; });
  all.insert(place, descriptor);
  return true;
}

}  // namespace handoff
