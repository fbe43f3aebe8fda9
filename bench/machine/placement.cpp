#include "bench/machine/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace handoff {
namespace {

constexpr std::array<std::pair<PinMode, std::string_view>, 4> kPinNames{{
    {PinMode::kAuto, "auto"},
    {PinMode::kNone, "none"},
    {PinMode::kCompact, "compact"},
    {PinMode::kScatter, "scatter"},
}};

/// The allowed PUs, neighbours first. A CPU that the topology does not know is a core of its own.
std::vector<Pu> allowed_pus(const Topology& topology, const std::vector<int>& cpus) {
  std::vector<Pu> allowed;
  std::set<int> missing(cpus.begin(), cpus.end());
  for (const Pu& pu : topology.pus) {
    if (missing.erase(pu.cpu) > 0) allowed.push_back(pu);
  }
  constexpr int kUnknown = 1 << 30;
  for (const int cpu : missing) allowed.push_back({cpu, kUnknown + cpu, kUnknown, kUnknown});
  return allowed;
}

/// For each of `keys` (groups in order, ascending or not): how many distinct ones came before it
/// inside the same `parent`.
template <class Key, class Parent>
std::vector<int> rank_within(const std::vector<Pu>& pus, Key key, Parent parent) {
  std::map<int, std::map<int, int>> ranks;
  std::vector<int> result;
  for (const Pu& pu : pus) {
    auto& siblings = ranks[parent(pu)];
    const int next = static_cast<int>(siblings.size());
    result.push_back(siblings.try_emplace(key(pu), next).first->second);
  }
  return result;
}

struct Ranks {
  std::vector<int> pu, core, cache, package;
};

Ranks ranks_of(const std::vector<Pu>& pus) {
  const auto cpu = [](const Pu& p) { return p.cpu; };
  const auto core = [](const Pu& p) { return p.core; };
  const auto cache = [](const Pu& p) { return p.cache; };
  const auto package = [](const Pu& p) { return p.package; };
  return {rank_within(pus, cpu, core), rank_within(pus, core, cache),
          rank_within(pus, cache, package), rank_within(pus, package, [](const Pu&) { return 0; })};
}

template <class KeyOf>
std::vector<int> cpus_by(const std::vector<Pu>& pus, KeyOf key_of) {
  std::vector<std::size_t> order(pus.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return key_of(a) < key_of(b); });
  std::vector<int> cpus;
  cpus.reserve(order.size());
  for (const std::size_t i : order) cpus.push_back(pus[i].cpu);
  return cpus;
}

/// Allowed CPUs in the order in which they are filled.
std::vector<int> filling_order(const PinRequest& request, const Topology& topology,
                               const CpuAllowance& allowance) {
  if (request.mode == PinMode::kList) return request.cpus;
  const auto pus = allowed_pus(topology, allowance.cpus);
  const Ranks ranks = ranks_of(pus);
  switch (request.mode) {
    case PinMode::kScatter:
      return cpus_by(pus, [&](std::size_t i) {
        return std::tuple(ranks.pu[i], ranks.core[i], ranks.cache[i], ranks.package[i]);
      });
    case PinMode::kAuto:
      return cpus_by(pus, [&](std::size_t i) { return ranks.pu[i]; });
    default:
      return cpus_by(pus, [](std::size_t) { return 0; });
  }
}

/// Gives thread after thread the next CPU of `order`, producers and consumers evenly mixed.
std::vector<int> alternate(const std::vector<int>& order, std::size_t producers,
                           std::size_t consumers, std::size_t executing) {
  producers = std::min(producers, executing);
  consumers = std::min(consumers, executing - producers);
  std::vector<int> cpus(executing);
  std::size_t p = 0;
  std::size_t c = 0;
  for (std::size_t k = 0; k < executing; ++k) {
    // Whose next thread is due first: (p + 1/2) / producers against (c + 1/2) / consumers.
    const bool producer =
        p < producers && (c >= consumers || (2 * p + 1) * consumers <= (2 * c + 1) * producers);
    const std::size_t thread = producer ? p++ : producers + c++;
    cpus[thread] = order[k % order.size()];
  }
  return cpus;
}

/// Thread k has the k-th CPU of `order`.
std::vector<int> repeated(const std::vector<int>& order, std::size_t executing) {
  std::vector<int> cpus;
  for (std::size_t k = 0; k < executing; ++k) cpus.push_back(order[k % order.size()]);
  return cpus;
}

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string note_on(const PinRequest& request, std::size_t executing, std::size_t places,
                    std::size_t cores, const CpuAllowance& allowance) {
  const std::string threads = counted(executing, "executing thread");
  if (executing > places) {
    return fmt::format("{} take turns on {}", threads, counted(places, "CPU"));
  }
  if (allowance.quota && static_cast<double>(executing) > *allowance.quota) {
    return fmt::format("{} on a CPU quota of {:g}", threads, *allowance.quota);
  }
  if (request.mode == PinMode::kAuto && executing > cores) {
    return fmt::format("{} on {}: some share a core (SMT)", threads, counted(cores, "core"));
  }
  return "";
}

std::size_t core_count(const Topology& topology, const std::vector<int>& cpus) {
  std::set<int> cores;
  for (const Pu& pu : allowed_pus(topology, cpus)) cores.insert(pu.core);
  return cores.size();
}

}  // namespace

std::optional<PinRequest> parse_pin(std::string_view text, std::string& error) {
  for (const auto& [mode, name] : kPinNames) {
    if (text == name) return PinRequest{mode, {}};
  }
  std::string why;
  if (auto cpus = parse_cpu_list(text, &why)) return PinRequest{PinMode::kList, *std::move(cpus)};
  const bool listed = text.find_first_of("0123456789") != std::string_view::npos;
  error = listed ? fmt::format(
                       "--pin '{}': {}; give CPUs as in 0,2-3, or auto, none, compact, scatter.",
                       text, why)
                 : fmt::format(
                       "--pin '{}' is unknown; give auto, none, compact, scatter or a list "
                       "of CPUs such as 0,2-3.",
                       text);
  return std::nullopt;
}

std::string to_string(const PinRequest& request) {
  for (const auto& [mode, name] : kPinNames) {
    if (request.mode == mode) return std::string(name);
  }
  return format_cpu_list(request.cpus);
}

std::string pin_error(const PinRequest& request, const CpuAllowance& allowance) {
  if (request.mode != PinMode::kList) return "";
  if (request.cpus.empty()) return "--pin names no CPU; give a list such as 0,2-3, or auto.";
  for (const int cpu : request.cpus) {
    if (!std::binary_search(allowance.cpus.begin(), allowance.cpus.end(), cpu)) {
      return fmt::format("--pin {} names CPU {}, which this process may not use; allowed are {}.",
                         to_string(request), cpu, format_cpu_list(allowance.cpus));
    }
  }
  return "";
}

Placement place(const PinRequest& request, std::uint32_t producers, std::uint32_t consumers,
                std::uint32_t executing, const Topology& topology, const CpuAllowance& allowance) {
  if (const auto error = pin_error(request, allowance); !error.empty()) {
    throw std::invalid_argument(error);
  }
  const auto usable = static_cast<std::size_t>(allowance.usable);
  Placement placement;
  placement.mode = to_string(request);
  placement.oversubscribed = executing > usable;
  const auto order = filling_order(request, topology, allowance);
  const std::size_t places = std::set<int>(order.begin(), order.end()).size();

  if (request.mode == PinMode::kNone || order.empty()) {
    placement.note = "left to the scheduler, as asked";
  } else if (request.mode == PinMode::kAuto && placement.oversubscribed) {
    placement.note =
        fmt::format("{} on {}: left to the scheduler", counted(executing, "executing thread"),
                    counted(usable, "usable CPU"));
  } else {
    placement.bound = true;
    placement.oversubscribed = executing > std::min(usable, places);
    placement.cpus = request.mode == PinMode::kList
                         ? repeated(order, executing)
                         : alternate(order, producers, consumers, executing);
    placement.note =
        note_on(request, executing, places, core_count(topology, allowance.cpus), allowance);
  }
  return placement;
}

}  // namespace handoff
