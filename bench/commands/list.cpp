#include "bench/commands/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/interface/registry.h"

namespace handoff {

namespace {

struct Trait {
  const char* name;
  bool Traits::*value;
};
constexpr Trait kTraits[] = {
    {"fifo", &Traits::fifo},
    {"bounded", &Traits::bounded},
    {"blocking", &Traits::blocking},
    {"lock_free", &Traits::lock_free},
    {"allocates", &Traits::allocates},
    {"cross_process", &Traits::cross_process},
    {"owns_threads", &Traits::owns_threads},
    {"spawns_per_item", &Traits::spawns_per_item},
};

const char* role_name(Role role) { return role == Role::kReference ? "reference" : "candidate"; }

}  // namespace

int list_command(bool json, std::ostream& out) {
  nlohmann::json all = nlohmann::json::array();
  std::size_t widest = 0;
  for (const Descriptor* strategy : strategies()) widest = std::max(widest, strategy->name.size());
  for (const Descriptor* strategy : strategies()) {
    nlohmann::json traits;
    std::vector<std::string> promised;
    for (const Trait& trait : kTraits) {
      traits[trait.name] = strategy->traits.*trait.value;
      if (strategy->traits.*trait.value) promised.push_back(trait.name);
    }
    if (json) {
      all.push_back({{"name", strategy->name},
                     {"summary", strategy->summary},
                     {"source", strategy->source},
                     {"role", role_name(strategy->role)},
                     {"traits", traits}});
    } else {
      out << fmt::format("{:<{}}  {}\n{:<{}}  {}\n", strategy->name, widest, strategy->summary, "",
                         widest, fmt::join(promised, ", "));
    }
  }
  if (json) out << all.dump(2) << '\n';
  return 0;
}

}  // namespace handoff
