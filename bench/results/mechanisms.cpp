#include "bench/results/mechanisms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "bench/results/results_json.h"
#include "bench/results/text_table.h"

namespace handoff {

namespace {

constexpr auto kNoRank = std::size(kStructures);

std::size_t rank(const std::string& structure) {
  return static_cast<std::size_t>(
      std::find(std::begin(kStructures), std::end(kStructures), structure) -
      std::begin(kStructures));
}

bool takes_part(const CellPlan& cell) {
  return cell.runs() && !cell.control && cell.role == Role::kCandidate &&
         cell.carrier != Carrier::kUnnamed && !cell.structure.empty() && !cell.origin.empty();
}

/// Whether the two are equal in everything except carrier and structure.
bool alike(const CellPlan& a, const CellPlan& b) {
  return a.origin == b.origin && a.waits_itself == b.waits_itself &&
         a.owns_threads == b.owns_threads;
}

/// Of the structures that `cell` can be compared with, the rank of the one next after its own;
/// kNoRank if there is none.
std::size_t next_rank(const PointPlan& point, const CellPlan& cell) {
  std::size_t next = kNoRank;
  for (const CellPlan& other : point.cells) {
    if (!takes_part(other) || !alike(cell, other) || other.carrier != cell.carrier) continue;
    if (rank(other.structure) > rank(cell.structure)) next = std::min(next, rank(other.structure));
  }
  return next;
}

std::string ratio_of_pair(const Json& interval) {
  const auto number = [](const Json& value) {
    return value.is_number() ? value.get<double>() : NAN;
  };
  return ratio_text(number(interval["median"]), number(interval["lo"]), number(interval["hi"]));
}

std::string verdict_words(const std::string& verdict) {
  return verdict == "equal" ? fmt::format("equal within {:g} %", 100 * kEqualMargin) : verdict;
}

/// "processes", "a loop".
std::string carried_in(Carrier carrier) {
  const bool one = carrier == Carrier::kLoop || carrier == Carrier::kRuntime;
  return fmt::format("{}{}", one ? "a " : "", name(carrier));
}

/// "the same mpmc ring costs {} in processes instead of threads"; "locked ring instead of mpmc ring
/// costs {} in threads".
std::string costs(const CellPlan& cell, const CellPlan& to, bool carrier) {
  if (!carrier) {
    return fmt::format("{} instead of {} costs {{}} in {}", cell.structure, to.structure,
                       carried_in(cell.carrier));
  }
  const std::string same = cell.structure == kNoStructure ? "handing over without a queue"
                                                          : "the same " + cell.structure;
  return fmt::format("{} costs {{}} in {} instead of {}", same, carried_in(cell.carrier),
                     carried_in(to.carrier));
}

/// `costs` with the ratio put in.
std::string filled(std::string costs, const std::string& ratio) {
  costs.replace(costs.find("{}"), 2, ratio);
  return costs;
}

/// A pair at all points whose `costs` have the same words.
struct Fold {
  std::vector<std::pair<double, std::string>> costs;  // ratio; and as text, with its point
  std::map<std::string, int> verdicts;
  std::string only;  // the sentence, where there is one point
};

std::string line_of(const std::string& pair, const std::string& words, const Fold& fold) {
  if (fold.costs.size() == 1) return fold.only;
  const auto [least, most] = std::minmax_element(fold.costs.begin(), fold.costs.end());
  std::vector<std::string> counted;
  for (const char* verdict : {"told apart", "equal", "depends on stalls", "undecided"}) {
    const auto found = fold.verdicts.find(verdict);
    if (found == fold.verdicts.end()) continue;
    counted.push_back(fmt::format("{} at {}", verdict_words(verdict), found->second));
  }
  return fmt::format("{}: {}; {} of {} points", pair,
                     filled(words, fmt::format("{} to {}", least->second, most->second)),
                     fmt::join(counted, ", "), fold.costs.size());
}

}  // namespace

std::vector<MechanismPair> mechanism_pairs(const PointPlan& point) {
  std::vector<MechanismPair> carriers, structures;
  for (std::size_t a = 0; a < point.cells.size(); ++a) {
    for (std::size_t b = 0; b < point.cells.size(); ++b) {
      const CellPlan &cell = point.cells[a], &to = point.cells[b];
      if (!takes_part(cell) || !takes_part(to) || !alike(cell, to)) continue;
      const MechanismPair pair{false, static_cast<int>(a), static_cast<int>(b)};
      if (cell.carrier == to.carrier) {
        const std::size_t next = next_rank(point, to);
        if (next != kNoRank && rank(cell.structure) == next) structures.push_back(pair);
      } else if (cell.structure == to.structure && to.carrier == Carrier::kThreads) {
        carriers.push_back({true, pair.cell, pair.to});
      }
    }
  }
  carriers.insert(carriers.end(), structures.begin(), structures.end());
  return carriers;
}

std::string_view mechanism_verdict(const PairEstimate& pair, const EstimateOptions& options) {
  const PairVerdict near = decide(pair.typical, pair.overall, pair.incarnations,
                                  {kEqualMargin, options.min_incarnations});
  if (near == PairVerdict::kEquivalent) return "equal";
  const PairVerdict usual = decide(pair.typical, pair.overall, pair.incarnations,
                                   {options.margin, options.min_incarnations});
  if (usual == PairVerdict::kFaster || usual == PairVerdict::kSlower) return "told apart";
  return near == PairVerdict::kDependsOnStalls ? name(near) : name(usual);
}

Json mechanisms_json(const PointPlan& point, const PointRecord& record,
                     const std::vector<int>& usable, const EstimateOptions& options) {
  const auto is_usable = [&](int cell) {
    return std::find(usable.begin(), usable.end(), cell) != usable.end();
  };
  std::vector<MechanismPair> named = mechanism_pairs(point);
  std::erase_if(named, [&](const MechanismPair& pair) {
    return !is_usable(pair.cell) || !is_usable(pair.to);
  });
  std::vector<NamedPair> pairs;
  for (const MechanismPair& pair : named) pairs.push_back({pair.cell, pair.to});
  const std::vector<PairEstimate> estimates = estimate_named_pairs(
      record.samples, static_cast<int>(point.cells.size()), pairs, usable, options);
  Json all = Json::array();
  for (std::size_t i = 0; i < named.size(); ++i) {
    const PairEstimate& estimate = estimates[i];
    if (!std::isfinite(estimate.typical.value)) continue;
    const CellPlan& cell = point.cells[static_cast<std::size_t>(named[i].cell)];
    const CellPlan& to = point.cells[static_cast<std::size_t>(named[i].to)];
    Json json = interval_json(estimate.typical, "median");
    json["what"] = named[i].carrier ? "carrier" : "structure";
    json["label"] = cell.label;
    json["to"] = to.label;
    json["costs"] = costs(cell, to, named[i].carrier);
    json["within"] = interval_json(estimate.within, "median");
    json["overall"] = interval_json(estimate.overall, "median");
    json["verdict"] = mechanism_verdict(estimate, options);
    json["incarnations"] = estimate.incarnations;
    json["sentence"] =
        fmt::format("{} / {} at {}: {}: {}", cell.label, to.label, point.id,
                    filled(json["costs"], ratio_of_pair(json)), verdict_words(json["verdict"]));
    all.push_back(std::move(json));
  }
  return all;
}

std::vector<std::string> mechanism_lines(const Json& results) {
  using Key = std::tuple<std::string, std::string, std::string>;  // what, pair, words
  std::vector<Key> order;
  std::map<Key, Fold> folds;
  for (const Json& point : results.at("points")) {
    for (const Json& one : point.value("mechanisms", Json::array())) {
      const std::string pair = fmt::format("{} / {}", one.at("label").get<std::string>(),
                                           one.at("to").get<std::string>());
      const Key key{one.at("what"), pair, one.at("costs")};
      if (!folds.contains(key)) order.push_back(key);
      Fold& fold = folds[key];
      const double ratio = one.at("median");
      fold.costs.emplace_back(ratio, fmt::format("{} ({})", ratio_text(ratio, NAN, NAN),
                                                 point.at("id").get<std::string>()));
      ++fold.verdicts[one.at("verdict").get<std::string>()];
      fold.only = one.at("sentence");
    }
  }
  // Pairs of carriers come first; else the order stays.
  std::stable_partition(order.begin(), order.end(),
                        [](const Key& key) { return std::get<0>(key) == "carrier"; });
  std::vector<std::string> lines;
  for (const Key& key : order) {
    lines.push_back(line_of(std::get<1>(key), std::get<2>(key), folds.at(key)));
  }
  return lines;
}

}  // namespace handoff
