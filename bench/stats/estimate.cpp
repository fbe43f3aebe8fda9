#include "bench/stats/estimate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>

#include "bench/stats/between_runs.h"
#include "bench/stats/interim_looks.h"
#include "bench/stats/leader.h"
#include "bench/stats/pairing.h"
#include "bench/stats/winner.h"

namespace handoff {

std::string_view name(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::kFewIncarnations:
      return "too few incarnations";
    case Obstacle::kNoiseWithinRun:
      return "noise within the run";
    case Obstacle::kNoiseBetweenRuns:
      return "noise between runs";
    case Obstacle::kNone:
      break;
  }
  return {};
}

namespace {

// Bonferroni: if each comparison is made at an equal part of `alpha`, all are right at once with
// probability 1 - alpha, however they depend on each other.
double part_of(double alpha, std::size_t comparisons) {
  return alpha / static_cast<double>(std::max<std::size_t>(comparisons, 1));
}

// The leader is chosen from the data that the intervals are made of, so the k - 1 pairs shown are
// not k - 1 pairs named beforehand: a cell that was lucky is likelier to be in all of them. But
// whoever leads, the pairs shown are among the k (k - 1) / 2 pairs of candidates. If those are
// covered together, so is every choice from them. Two candidates have one pair: nothing to pay.
std::size_t pairs_among(std::size_t candidates) { return candidates * (candidates - 1) / 2; }

Interval unknown() {
  return {std::numeric_limits<double>::quiet_NaN(), 0, std::numeric_limits<double>::infinity()};
}

Interval next_run(const PairSeries& series, double between, double confidence) {
  Interval next = geometric_mean(series.typical, confidence);
  if (series.typical.size() < 2) return next;
  const double half = next_run_half_width(
      standard_error(series.typical), static_cast<int>(series.typical.size()), between, confidence);
  next.lo = next.value * std::exp(-half);
  next.hi = next.value * std::exp(half);
  return next;
}

Obstacle obstacle_of(const PairEstimate& pair, const EstimateOptions& options) {
  if (pair.verdict != PairVerdict::kUndecided) return Obstacle::kNone;
  if (pair.incarnations < options.min_incarnations) return Obstacle::kFewIncarnations;
  return needed_factor(pair, options.margin) ? Obstacle::kNoiseWithinRun
                                             : Obstacle::kNoiseBetweenRuns;
}

PairEstimate estimate_series(const PairSeries& series, int cell, int to, double level,
                             const EstimateOptions& options) {
  PairEstimate pair{cell, to, unknown(), unknown(), unknown()};
  if (series.typical.empty()) return pair;
  pair.incarnations = static_cast<int>(series.typical.size());
  const auto kind = [&](int index) {
    return options.kinds.empty() ? index : options.kinds.at(static_cast<std::size_t>(index));
  };
  const auto moves = [&](int index) {
    const auto at = static_cast<std::size_t>(index);
    return at < options.between_run_sds.size() ? options.between_run_sds[at] : 0;
  };
  const double between = kind(cell) == kind(to) ? 0 : std::hypot(moves(cell), moves(to));
  pair.confidence = level;
  pair.within = geometric_mean(series.typical, level);
  if (series.typical.size() > 1) pair.log_error = standard_error(series.typical);
  pair.next_run = next_run(series, between, options.confidence);
  pair.typical = geometric_mean(series.typical, level, between);
  pair.overall = geometric_mean(series.overall, level, between);
  pair.verdict = decide(pair.typical, pair.overall, pair.incarnations,
                        {options.margin, options.min_incarnations});
  pair.obstacle = obstacle_of(pair, options);
  return pair;
}

/// The look that dropped `cell`, or -1.
int dropped_by(const EstimateOptions& options, int cell) {
  const auto index = static_cast<std::size_t>(cell);
  return index < options.dropped_by.size() ? options.dropped_by[index] : -1;
}

using Indexes = std::vector<std::size_t>;

// Holm's step-down over `pairs` that are `open`, with what the decided pairs have spent taken off
// alpha, so that the intervals hold together as the verdicts do: as long as no verdict is wrong,
// the pairs about which one could be are all among those that remain. Those not among `leaving`
// remain whatever is said of them. Source: Holm 1979, A simple sequentially rejective multiple test
// procedure.
void step_down(std::vector<PairEstimate>& pairs, std::span<const PairSeries> series, Indexes open,
               Indexes leaving, double alpha, const EstimateOptions& options) {
  while (!leaving.empty()) {
    const double each = part_of(alpha, pairs_among(open.size() + 1));
    for (const std::size_t i : leaving) {
      pairs[i] = estimate_series(series[i], pairs[i].cell, pairs[i].to, 1 - each, options);
    }
    const auto decided = [&](std::size_t i) { return pairs[i].verdict == PairVerdict::kSlower; };
    std::erase_if(open, [&](std::size_t i) {
      return decided(i) && std::find(leaving.begin(), leaving.end(), i) != leaving.end();
    });
    const std::size_t left = std::erase_if(leaving, decided);
    if (left == 0) break;
    alpha -= static_cast<double>(left) * each;
  }
}

// Every rival to the leader, in the order of `rivals`: what looks have dropped as each of them saw
// it, then the rest.
std::vector<PairEstimate> pairs_to_leader(std::span<const IncarnationTable> tables,
                                          const std::vector<int>& rivals, int leader,
                                          std::span<const int> anchors, double alpha,
                                          const EstimateOptions& options) {
  std::vector<PairEstimate> pairs;
  std::vector<PairSeries> series;
  for (const int cell : rivals) {
    if (cell == leader) continue;
    series.push_back(pair_series(tables, cell, leader, anchors));
    pairs.push_back({cell, leader, {}, {}, {}});
  }
  Indexes open(pairs.size());
  std::iota(open.begin(), open.end(), 0);
  for (int look = 0; look < kMostLooks - 1; ++look) {
    Indexes leaving;
    std::copy_if(open.begin(), open.end(), std::back_inserter(leaving),
                 [&](std::size_t i) { return dropped_by(options, pairs[i].cell) == look; });
    step_down(pairs, series, open, leaving, alpha * look_share(look), options);
    for (const std::size_t i : leaving) pairs[i].closed = true;
    std::erase_if(open, [&](std::size_t i) { return dropped_by(options, pairs[i].cell) == look; });
  }
  step_down(pairs, series, open, open, alpha * options.alpha_share, options);
  return pairs;
}

// The cells of `wanted` that have an estimate, which is filled in.
std::vector<int> estimate_cells(std::span<const IncarnationTable> tables,
                                const std::vector<int>& wanted, double confidence,
                                PointEstimate& point) {
  std::vector<int> measured;
  for (const int cell : wanted) {
    if (cell < 0 || static_cast<std::size_t>(cell) >= point.cells.size()) {
      throw std::invalid_argument(
          "cell " + std::to_string(cell) + " is to be estimated at a point with " +
          std::to_string(point.cells.size()) + " cells; give indexes of its cells");
    }
    auto& estimate = point.cells[static_cast<std::size_t>(cell)];
    estimate = estimate_cell(tables, cell, confidence);
    if (estimate) measured.push_back(cell);
  }
  return measured;
}

}  // namespace

PointEstimate estimate_point(const PointSamples& samples, int cell_count,
                             const std::vector<int>& candidates, const std::vector<int>& references,
                             const EstimateOptions& options) {
  const std::vector<IncarnationTable> tables = incarnation_tables(samples, cell_count);
  PointEstimate point;
  point.cells.resize(static_cast<std::size_t>(cell_count));
  const auto rivals = estimate_cells(tables, candidates, options.confidence, point);
  const auto floors = estimate_cells(tables, references, options.confidence, point);
  std::vector<int> anchors = rivals;
  anchors.insert(anchors.end(), floors.begin(), floors.end());

  point.leader = choose_leader(tables, rivals, anchors);
  const double alpha = 1 - options.confidence;
  if (point.leader) {
    point.pairs = pairs_to_leader(tables, rivals, *point.leader, anchors, alpha, options);
  }
  // A family of its own: nothing is chosen by these, and a reference beside must not blunt the
  // comparison of the candidates.
  const double each = part_of(alpha * options.alpha_share, rivals.size() * floors.size());
  for (const int reference : floors) {
    for (const int cell : rivals) {
      point.pairs.push_back(estimate_series(pair_series(tables, cell, reference, anchors), cell,
                                            reference, 1 - each, options));
    }
  }
  return point;
}

PairEstimate estimate_named_pair(const PointSamples& samples, int cell_count, int cell,
                                 const std::vector<int>& to, const EstimateOptions& options) {
  const std::vector<IncarnationTable> tables = incarnation_tables(samples, cell_count);
  const PairSeries series = mean_series(tables, cell, to);
  const double alpha = (1 - options.confidence) * options.alpha_share;
  return estimate_series(series, cell, to.front(), 1 - alpha, options);
}

std::vector<PairEstimate> estimate_named_pairs(const PointSamples& samples, int cell_count,
                                               const std::vector<NamedPair>& pairs,
                                               const std::vector<int>& anchors,
                                               const EstimateOptions& options) {
  const std::vector<IncarnationTable> tables = incarnation_tables(samples, cell_count);
  const double each = part_of(1 - options.confidence, pairs.size());
  std::vector<PairEstimate> estimates;
  for (const auto [cell, to] : pairs) {
    int look = kMostLooks;  // the first that dropped one of them: both were measured until then
    for (const int of : {dropped_by(options, cell), dropped_by(options, to)}) {
      if (of >= 0) look = std::min(look, of);
    }
    const double share = look < kMostLooks ? look_share(look) : options.alpha_share;
    estimates.push_back(estimate_series(pair_series(tables, cell, to, anchors), cell, to,
                                        1 - each * share, options));
    estimates.back().closed = look < kMostLooks;
  }
  return estimates;
}

}  // namespace handoff
