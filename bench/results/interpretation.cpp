#include "bench/results/interpretation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "bench/results/results_json.h"
#include "bench/results/text_table.h"
#include "bench/stats/levels.h"
#include "bench/stats/quantile.h"
#include "bench/stats/winner.h"
#include "bench/suite/suite_values.h"

namespace handoff {

namespace {

constexpr double kMostFactor = 100;

double planned_incarnation_s(const PointPlan& point) {
  return point.incarnations == 0 ? 0 : point.estimated_s / point.incarnations;
}

int floor_of(const PointPlan& point) {
  for (std::size_t i = 0; i < point.cells.size(); ++i) {
    if (point.cells[i].strategy == kFloorName && point.cells[i].runs()) return static_cast<int>(i);
  }
  return -1;
}

double log_ns(const SliceSample& slice) { return std::log(slice.elapsed_ns / slice.items); }

/// One for each block in which the cell has a timed slice.
std::vector<LevelSlice> slices_of(const PointPlan& point, const PointRecord& record, int cell) {
  const int floor = floor_of(point);
  std::vector<LevelSlice> slices;
  for (std::size_t pass = 0; pass < record.samples.size(); ++pass) {
    for (const BlockSamples& block : record.samples[pass]) {
      LevelSlice slice{NAN, NAN, static_cast<int>(pass)};
      for (const SliceSample& sample : block) {
        if (!(sample.elapsed_ns > 0) || !(sample.items > 0)) continue;
        if (sample.cell == cell) slice.log_ns = log_ns(sample);
        if (sample.cell == floor) slice.floor_log_ns = log_ns(sample);
      }
      if (std::isfinite(slice.log_ns)) slices.push_back(slice);
    }
  }
  return slices;
}

/// The median of the cell in each incarnation.
std::vector<IncarnationLevel> incarnations_of(const PointPlan& point, const PointRecord& record,
                                              int cell) {
  std::map<int, std::vector<double>> logs;
  for (const LevelSlice& slice : slices_of(point, record, cell)) {
    logs[slice.incarnation].push_back(slice.log_ns);
  }
  std::vector<IncarnationLevel> levels;
  for (const auto& [incarnation, values] : logs) levels.push_back({incarnation, median(values)});
  return levels;
}

std::string levels_sentence(const Json& cell) {
  if (!cell.contains("levels") || !cell.at("levels").is_object()) return {};
  const Json& levels = cell.at("levels");
  std::string sentence =
      fmt::format("{} runs at two speeds: {} in {:.0f} % of its slices and {} in the others",
                  cell.at("label").get<std::string>(), human_ns(levels.at("low_ns")),
                  100 * levels.at("low_share").get<double>(), human_ns(levels.at("high_ns")));
  if (levels.at("explained_by") == "floor") {
    sentence +=
        fmt::format("; a cache-line transfer took {} in the former and {} in the latter",
                    human_ns(levels.at("floor_low_ns")), human_ns(levels.at("floor_high_ns")));
  } else if (levels.at("explained_by") == "layout") {
    sentence +=
        "; each of its processes keeps to one speed, and other cells do not change with it: the "
        "cause is the memory layout";
  } else if (levels.at("explained_by") == "machine") {
    sentence +=
        "; other cells were slow at the same times: the cause is the machine, not the strategy";
  } else if (levels.at("explained_by") == "lifetime") {
    sentence += "; each of its processes keeps to one speed";
  }
  return sentence;
}

std::string missed_wakeups_sentence(const Json& cell) {
  const auto missed = cell.value("missed_wakeups", std::uint64_t{0});
  if (missed == 0) return {};
  return fmt::format(
      "{}: {} wakeup{} came too late (sleeping threads check once a second, and found it): this is "
      "a bug in handoff; do not trust the speed of this cell",
      cell.at("label").get<std::string>(), missed, missed == 1 ? "" : "s");
}

std::string winner_sentence(const Json& point) {
  if (point.value("winner", Json()).is_string()) {
    return "winner: " + point.at("winner").get<std::string>();
  }
  const auto tied = point.value("tied", std::vector<std::string>{});
  if (tied.empty()) return {};
  return fmt::format("tied: {} (not told apart)", fmt::join(tied, ", "));
}

/// The hardest to overcome comes first.
constexpr std::array kObstacles{Obstacle::kFewIncarnations, Obstacle::kNoiseBetweenRuns,
                                Obstacle::kNoiseWithinRun};

const char* remedy(Obstacle obstacle) {
  return obstacle == Obstacle::kNoiseWithinRun     ? "a longer run can decide"
         : obstacle == Obstacle::kNoiseBetweenRuns ? "a longer run cannot decide"
                                                   : "a longer run is needed";
}

/// The candidates that are undecided because of `obstacle`.
std::vector<std::string> kept_open_by(const Json& point, Obstacle obstacle) {
  std::vector<std::string> labels;
  for (const Json& ratio : point.at("ratios")) {
    if (ratio.at("to") != point.at("leader") || ratio.at("label") == kControlLabel) continue;
    if (ratio.value("obstacle", Json()) == name(obstacle)) labels.push_back(ratio.at("label"));
  }
  return labels;
}

std::string obstacle_sentence(const Json& point) {
  std::string sentence;
  for (const Obstacle obstacle : kObstacles) {
    const std::vector<std::string> labels = kept_open_by(point, obstacle);
    if (labels.empty()) continue;
    sentence += fmt::format("{}{}: {} ({})", sentence.empty() ? "undecided because of " : "; ",
                            name(obstacle), fmt::join(labels, ", "), remedy(obstacle));
  }
  return sentence;
}

}  // namespace

Json winner_json(const PointPlan& point, const PointEstimate& estimate, double took_s) {
  const auto label = [&](int cell) { return point.cells[static_cast<std::size_t>(cell)].label; };
  const auto [winner, beside] = winner_or_tie(estimate);
  Json tied = Json::array();
  for (const int cell : beside) tied.push_back(label(cell));
  Json more_s = nullptr;
  if (const auto factor = needed_factor(estimate, EstimateOptions{}.margin)) {
    if (*factor > 1 && *factor <= kMostFactor) more_s = number_json((*factor - 1) * took_s);
  }
  return {{"winner", winner ? Json(label(*winner)) : Json(nullptr)},
          {"tied", std::move(tied)},
          {"more_s", std::move(more_s)}};
}

double took_s(const Plan& plan, const RunRecord& record, std::size_t point) {
  double whole = 0, own = 0;
  for (std::size_t i = 0; i < plan.points.size(); ++i) {
    const auto& samples = record.point(static_cast<int>(i)).samples;
    const auto done = static_cast<double>(std::count_if(
        samples.begin(), samples.end(), [](const auto& pass) { return !pass.empty(); }));
    const double work = done * planned_incarnation_s(plan.points[i]);
    whole += work;
    if (i == point) own = work;
  }
  return whole > 0 ? own / whole * record.spent_s() : 0;
}

Json levels_json(const PointPlan& point, const PointRecord& record, std::size_t cell) {
  if (point.cells[cell].role == Role::kReference) return nullptr;  // references are not explained
  std::vector<std::vector<IncarnationLevel>> others;
  for (std::size_t other = 0; other < point.cells.size(); ++other) {
    const bool apart = other == cell || point.cells[other].role == Role::kReference;
    if (!apart) others.push_back(incarnations_of(point, record, static_cast<int>(other)));
  }
  const auto levels = find_levels(slices_of(point, record, static_cast<int>(cell)), others);
  if (!levels) return nullptr;
  Json json{{"low_ns", levels->low_ns},       {"high_ns", levels->high_ns},
            {"low_share", levels->low_share}, {"explained_by", nullptr},
            {"floor_low_ns", nullptr},        {"floor_high_ns", nullptr}};
  if (levels->cause == LevelCause::kLayout) json["explained_by"] = "layout";
  if (levels->cause == LevelCause::kMachine) json["explained_by"] = "machine";
  if (levels->cause == LevelCause::kLifetime) json["explained_by"] = "lifetime";
  if (levels->cause == LevelCause::kFloor) {
    json["explained_by"] = "floor";
    json["floor_low_ns"] = levels->floor_low_ns / kHandOversInFloorItem;
    json["floor_high_ns"] = levels->floor_high_ns / kHandOversInFloorItem;
  }
  return json;
}

Json obstacle_json(const Json& point) {
  for (const Obstacle obstacle : kObstacles) {
    if (!kept_open_by(point, obstacle).empty()) return name(obstacle);
  }
  return nullptr;
}

Json undecided_json(const Plan& plan, const Json& points) {
  int measured = 0, open = 0, within_reach = 0;
  double more_s = 0;
  std::map<Obstacle, int> because;
  for (const Json& point : points) {
    if (!point.at("leader").is_string()) continue;
    ++measured;
    if (point.at("decided")) continue;
    ++open;
    for (const Obstacle obstacle : kObstacles) {
      because[obstacle] += point.value("obstacle", Json()) == name(obstacle) ? 1 : 0;
    }
    if (!point.at("more_s").is_number()) continue;
    ++within_reach;
    more_s += point.at("more_s").get<double>();
  }
  if (open == 0) return nullptr;
  std::string sentence =
      fmt::format("undecided at {} of {} point{}", open, measured, measured == 1 ? "" : "s");
  if (within_reach > 0) {
    sentence +=
        fmt::format("; about {} more would decide {} of them (--budget {})", duration_text(more_s),
                    within_reach, duration_text(std::ceil(plan.budget_s + more_s)));
  }
  if (const int count = because[Obstacle::kNoiseBetweenRuns]; count > 0) {
    sentence += fmt::format(
        "; at {} the difference is smaller than the variation between runs, so a longer run cannot "
        "decide",
        count);
  }
  return {{"undecided_points", open}, {"more_s", more_s}, {"sentence", sentence}};
}

Json between_runs_json(const Plan& plan) {
  double least = HUGE_VAL, most = 0;  // of a ratio of two cells with the same deviation
  for (const PointPlan& point : plan.points) {
    for (std::size_t i = 0; i < point.cells.size(); ++i) {
      if (point.cells[i].role != Role::kCandidate || point.cells[i].control) continue;
      if (!point.cells[i].runs() || i >= point.between_run_sds.size()) continue;
      least = std::min(least, std::sqrt(2) * point.between_run_sds[i]);
      most = std::max(most, std::sqrt(2) * point.between_run_sds[i]);
    }
  }
  if (most < least) return nullptr;
  const BetweenRunSource& source = plan.between_runs;
  const bool learned = !source.date.empty();
  const std::string sentence =
      learned ? fmt::format(
                    "intervals of ratios include the variation between runs: {:.1f} to "
                    "{:.1f} % (standard deviation), measured by 'handoff calibrate' on {} "
                    "in {} runs over {}",
                    100 * least, 100 * most, source.date.substr(0, 10), source.runs,
                    duration_text(std::round(source.span_s)))
              : fmt::format(
                    "intervals of ratios include the variation between runs: {:.0f} % "
                    "(standard deviation), a default; 'handoff calibrate' measures it on "
                    "this machine",
                    100 * most);
  return {{"source", learned ? "calibration" : "default"},
          {"date", learned ? Json(source.date) : Json(nullptr)},
          {"runs", source.runs},
          {"span_s", source.span_s},
          {"sentence", sentence}};
}

Json longest_life_json(const Json& points) {
  Json longest;
  double most = 0;
  for (const Json& point : points) {
    for (const Json& cell : point.at("cells")) {
      const double items = cell.at("longest_life_items");
      const bool counts = cell.at("role") == "candidate" && cell.at("verdict") == "delivered";
      if (!counts || items <= most) continue;
      most = items;
      longest = {{"items", items}, {"label", cell.at("label")}, {"point", point.at("id")}};
    }
  }
  if (most == 0) return nullptr;
  longest["sentence"] = fmt::format(
      "longest life proved: {} items in one process of {} at {}; a fault that appears only after "
      "more items would not be seen ('handoff prove' runs longer)",
      human_count(most), longest.at("label").get<std::string>(),
      longest.at("point").get<std::string>());
  return longest;
}

Json sentences_json(const Json& point) {
  Json sentences = Json::array();
  for (const std::string& said : {winner_sentence(point), obstacle_sentence(point)}) {
    if (!said.empty()) sentences.push_back(said);
  }
  for (const Json& cell : point.at("cells")) {
    if (const std::string how = levels_sentence(cell); !how.empty()) sentences.push_back(how);
    if (const std::string bad = missed_wakeups_sentence(cell); !bad.empty()) {
      sentences.push_back(bad);
    }
  }
  return sentences;
}

}  // namespace handoff
