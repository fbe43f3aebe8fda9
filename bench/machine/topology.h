// The machine's CPUs and what they share: cores, caches, packages. Filled once from hwloc.
//
// Source: hwloc 2.x (https://www.open-mpi.org/projects/hwloc/doc/). A PU ("processing unit") is
// what the kernel calls a CPU: one hardware thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace handoff {

/// One hardware thread. The groups are indexes that are equal for PUs that share the thing.
struct Pu {
  int cpu = 0;      // the kernel's number
  int core = 0;     // physical core
  int cache = 0;    // last-level cache (L3, where there is one; the package, where none is known)
  int package = 0;  // socket
};

/// Caches that are alike.
struct CacheKind {
  int level = 0;
  std::string type;              // "data", "instruction", "unified"
  std::uint64_t size_bytes = 0;  // 0: not known
  int line_bytes = 0;            // 0: not known
  int shared_by = 0;             // PUs that share one of them
  int count = 0;                 // how many the machine has
};

struct Topology {
  std::vector<Pu> pus;  // neighbours in a cache are neighbours here (hwloc's logical order)
  int packages = 0;
  int cores = 0;
  int numa_nodes = 0;
  std::uint64_t memory_bytes = 0;  // of all NUMA nodes; 0: not known
  std::vector<CacheKind> caches;   // by level; instruction caches included

  /// Whether any core has more than one PU.
  bool smt() const { return static_cast<int>(pus.size()) > cores; }
};

/// This machine, with CPUs that the process may not use. Empty when hwloc cannot say.
Topology load_topology();
/// A machine described in hwloc's synthetic format, e.g. "package:2 l3:1 core:4 pu:2"; nullopt if
/// hwloc refuses the description. Where it names no memory, hwloc takes 1 GiB a NUMA node.
std::optional<Topology> synthetic_topology(const std::string& description);
/// A machine as hwloc exported it; nullopt if hwloc refuses it. Damaged XML may crash hwloc:
/// described_topology.h.
std::optional<Topology> xml_topology(const std::string& xml);

}  // namespace handoff
