#include "bench/interface/registry.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace handoff {

namespace {
std::vector<const Descriptor*>& registered() {
  static std::vector<const Descriptor*> all;  // inside a function: used before main
  return all;
}
}  // namespace

std::span<const Descriptor* const> strategies() { return registered(); }

const Descriptor* find_strategy(std::string_view name) {
  for (const Descriptor* descriptor : registered()) {
    if (descriptor->name == name) return descriptor;
  }
  return nullptr;
}

bool add_strategy(const Descriptor* descriptor) {
  if (find_strategy(descriptor->name) != nullptr) {
    std::fprintf(stderr, "handoff: two strategies are named '%.*s'; rename one\n",
                 static_cast<int>(descriptor->name.size()), descriptor->name.data());
    std::abort();
  }
  std::vector<const Descriptor*>& all = registered();
  const auto place =
      std::upper_bound(all.begin(), all.end(), descriptor,
                       [](const Descriptor* a, const Descriptor* b) { return a->name < b->name; });
  all.insert(place, descriptor);
  return true;
}

}  // namespace handoff
