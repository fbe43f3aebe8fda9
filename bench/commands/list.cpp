#include "bench/commands/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/cell/descriptor_json.h"

namespace handoff {

int list_command(bool json, const ForeignStrategies& plugins, std::ostream& out) {
  std::vector<const Descriptor*> known(strategies().begin(), strategies().end());
  for (const auto& plugin : plugins) known.push_back(&plugin->descriptor);
  nlohmann::json all = nlohmann::json::array();
  std::size_t widest = 0;
  for (const Descriptor* strategy : known) widest = std::max(widest, strategy->name.size());
  for (const Descriptor* strategy : known) {
    std::vector<std::string> promised;
    for (const NamedTrait& trait : kTraits) {
      if (strategy->traits.*trait.value) promised.push_back(trait.name);
    }
    if (json) {
      all.push_back(descriptor_json(*strategy));
    } else {
      out << fmt::format("{:<{}}  {}\n{:<{}}  {}\n", strategy->name, widest, strategy->summary, "",
                         widest, fmt::join(promised, ", "));
    }
  }
  if (json) out << all.dump(2) << '\n';
  return 0;
}

}  // namespace handoff
