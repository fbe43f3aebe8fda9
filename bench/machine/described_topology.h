// Another machine than this one, as a text describes it: what `--topology` takes.
//
// Either hwloc's synthetic format ("pack:2 l3:8 core:4 pu:2": each level with how many of it lie in
// one of the level above), or a file that `lstopo machine.xml` wrote there. Of such a file only
// those CPUs count that could be used when it was written. Nothing of this machine or process comes
// in: hwloc looks at neither where it is given a description. Source: hwloc 2.x, "Synthetic
// topologies" and "Importing and exporting topologies from/to XML files".
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "bench/machine/topology.h"

namespace handoff {

/// As many CPUs as Linux can be built for.
inline constexpr std::size_t kMostDescribedCpus = 8192;

/// `text`: the path of an XML file, or a synthetic description. On failure nullopt and `error` is
/// the sentence to print.
std::optional<Topology> described_topology(const std::string& text, std::string& error);

}  // namespace handoff
