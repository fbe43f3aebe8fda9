#include "bench/machine/topology.h"

#include <hwloc.h>

#include <algorithm>
#include <memory>
#include <type_traits>

namespace handoff {
namespace {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using OwnedTopology = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, DestroyTopology>;

OwnedTopology new_topology() {
  hwloc_topology_t topology = nullptr;
  if (hwloc_topology_init(&topology) != 0) return nullptr;
  return OwnedTopology(topology);
}

std::string type_name(hwloc_obj_cache_type_t type) {
  if (type == HWLOC_OBJ_CACHE_DATA) return "data";
  return type == HWLOC_OBJ_CACHE_INSTRUCTION ? "instruction" : "unified";
}

int logical_index(hwloc_obj_t object, int otherwise) {
  return object == nullptr ? otherwise : static_cast<int>(object->logical_index);
}

/// The largest data cache above `pu`, as an index that is unique over cache levels.
int last_level_cache(hwloc_obj_t pu, int package) {
  hwloc_obj_t last = nullptr;
  for (hwloc_obj_t object = pu->parent; object != nullptr; object = object->parent) {
    if (hwloc_obj_type_is_dcache(object->type) != 0) last = object;
  }
  if (last == nullptr) return -1 - package;
  constexpr int kPerLevel = 1 << 20;
  return static_cast<int>(last->attr->cache.depth) * kPerLevel + logical_index(last, 0);
}

void add_cache(std::vector<CacheKind>& caches, hwloc_obj_t object) {
  const auto& cache = object->attr->cache;
  CacheKind kind{static_cast<int>(cache.depth),
                 type_name(cache.type),
                 cache.size,
                 static_cast<int>(cache.linesize),
                 hwloc_bitmap_weight(object->cpuset),
                 1};
  const auto alike = std::find_if(caches.begin(), caches.end(), [&kind](const CacheKind& other) {
    return other.level == kind.level && other.type == kind.type &&
           other.size_bytes == kind.size_bytes && other.line_bytes == kind.line_bytes &&
           other.shared_by == kind.shared_by;
  });
  if (alike != caches.end()) {
    ++alike->count;
  } else {
    caches.push_back(std::move(kind));
  }
}

Topology converted(hwloc_topology_t topology) {
  Topology result;
  hwloc_obj_t pu = nullptr;
  while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu)) != nullptr) {
    const auto above = [&](hwloc_obj_type_t type) {
      return hwloc_get_ancestor_obj_by_type(topology, type, pu);
    };
    Pu entry;
    entry.cpu = static_cast<int>(pu->os_index);
    entry.core = logical_index(above(HWLOC_OBJ_CORE), static_cast<int>(pu->logical_index));
    entry.package = logical_index(above(HWLOC_OBJ_PACKAGE), 0);
    entry.cache = last_level_cache(pu, entry.package);
    result.pus.push_back(entry);
  }
  const auto count = [topology](hwloc_obj_type_t type) {
    return std::max(0, hwloc_get_nbobjs_by_type(topology, type));
  };
  const int cores = count(HWLOC_OBJ_CORE);
  result.cores = cores > 0 ? cores : static_cast<int>(result.pus.size());
  result.packages = std::max(1, count(HWLOC_OBJ_PACKAGE));
  result.numa_nodes = count(HWLOC_OBJ_NUMANODE);
  result.memory_bytes = hwloc_get_root_obj(topology)->total_memory;

  for (const auto type :
       {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE,
        HWLOC_OBJ_L3CACHE, HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE}) {
    hwloc_obj_t object = nullptr;
    while ((object = hwloc_get_next_obj_by_type(topology, type, object)) != nullptr) {
      add_cache(result.caches, object);
    }
  }
  return result;
}

std::optional<Topology> loaded(hwloc_topology_t topology) {
  if (hwloc_topology_load(topology) != 0) return std::nullopt;
  return converted(topology);
}

}  // namespace

Topology load_topology() {
  const OwnedTopology topology = new_topology();
  if (topology == nullptr) return {};
  hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
  hwloc_topology_set_icache_types_filter(topology.get(), HWLOC_TYPE_FILTER_KEEP_ALL);
  if (hwloc_topology_load(topology.get()) != 0) return {};
  return converted(topology.get());
}

std::optional<Topology> synthetic_topology(const std::string& description) {
  const OwnedTopology topology = new_topology();
  if (topology == nullptr) return std::nullopt;
  if (hwloc_topology_set_synthetic(topology.get(), description.c_str()) != 0) return std::nullopt;
  return loaded(topology.get());
}

std::optional<Topology> xml_topology(const std::string& xml) {
  const OwnedTopology topology = new_topology();
  if (topology == nullptr) return std::nullopt;
  const int with_its_end = static_cast<int>(xml.size() + 1);  // hwloc wants the final zero counted
  if (hwloc_topology_set_xmlbuffer(topology.get(), xml.c_str(), with_its_end) != 0) {
    return std::nullopt;
  }
  return loaded(topology.get());
}

}  // namespace handoff
