#include "bench/commands/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "bench/cell/descriptor_json.h"

namespace handoff {

namespace {

/// "lock-free queue; mpmc ring; threads; ours": family, structure, carrier and origin, as far as
/// the strategy states them.
std::string made_of(const Descriptor& strategy) {
  std::string structure(strategy.structure);
  if (!strategy.structure_one_to_one.empty()) {
    structure += fmt::format(" ({} at 1:1)", strategy.structure_one_to_one);
  }
  if (structure == kNoStructure) structure = "no structure";
  std::vector<std::string> parts{std::string(name(strategy.family)), structure,
                                 std::string(name(strategy.carrier)), std::string(strategy.origin)};
  std::erase(parts, "");
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace

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
      out << fmt::format("{:<{}}  {}\n", strategy->name, widest, strategy->summary);
      for (const std::string& more :
           {made_of(*strategy), fmt::format("{}", fmt::join(promised, ", "))}) {
        if (!more.empty()) out << fmt::format("{:<{}}  {}\n", "", widest, more);
      }
    }
  }
  if (json) out << all.dump(2) << '\n';
  return 0;
}

}  // namespace handoff
