// From slices to statements: what a cell costs, how two cells of a point compare, who leads.
//
// Method. Slices of one block are neighbours in time; only they are compared. An incarnation
// gives one estimate of a pair: the median over its blocks of log(ns per item of A) - log(ns per
// item of B). The interval is a t interval over incarnations, at a level that is simultaneous over
// the comparisons of the point. `typical` is that; `overall` is the same with all time over all
// items of an incarnation. Source: docs/measuring.md, and the coverage simulation in the tests.
//
// Units: ns per item; ratios are plain (above 1: the first of the pair is slower).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "bench/stats/cell.h"
#include "bench/stats/interval.h"
#include "bench/stats/samples.h"
#include "bench/stats/verdict.h"

namespace handoff {

/// What stands in the way of a verdict.
enum class Obstacle : std::uint8_t {
  kNone,              // there is a verdict
  kFewIncarnations,   // fewer than any verdict needs
  kNoiseWithinRun,    // more incarnations would do
  kNoiseBetweenRuns,  // no number of incarnations would: other runs differ by more
};
/// "too few incarnations", "noise within the run", "noise between runs"; empty for kNone.
std::string_view name(Obstacle obstacle);

struct PairEstimate {
  int cell = 0, to = 0;
  Interval typical, overall;  // ratio of ns per item, cell over to; value NaN: never comparable
  Interval within;            // typical, without what is added for other runs
  double confidence = 0;      // of each of these intervals
  /// In which another run's estimate lies with the confidence of EstimateOptions, this pair by
  /// itself.
  Interval next_run;
  double log_error = 0;  // standard error of log typical, within this run
  PairVerdict verdict = PairVerdict::kUndecided;
  Obstacle obstacle = Obstacle::kFewIncarnations;
  int incarnations = 0;  // that entered
  bool closed = false;   // by a look: the cell is measured no further
};

struct PointEstimate {
  std::optional<int> leader;                       // fastest candidate
  std::vector<std::optional<CellEstimate>> cells;  // by cell index; empty: nothing measured
  /// Every other candidate to the leader, then every candidate to every reference.
  std::vector<PairEstimate> pairs;
};

struct EstimateOptions {
  double confidence = 0.95;
  double margin = 0.02;      // half-width of equivalence, as a share
  int min_incarnations = 8;  // fewer never decide
  /// By cell: standard deviation of its log time from run to run (between_runs.h); widens the
  /// intervals of pairs. Missing: 0.
  std::vector<double> between_run_sds;
  std::vector<int> kinds;  // by cell; cells of one kind are the same code, and not widened
  double alpha_share = 1;  // part of 1 - confidence to spend: less where there are looks
  /// By cell, of a race: the look (from 0) that found it slower, after which it was measured no
  /// further; -1, or missing: none has. Its pair is judged as it was then, by what that look
  /// spends.
  std::vector<int> dropped_by;
};

/// `candidates` and `references`: cell indexes that delivered; others are not estimated, and those
/// without a usable slice (with items and time) form no pairs. Intervals of cells are at
/// `confidence` each. Intervals of pairs are at `confidence` together, in two families: candidates
/// to the leader (one comparison if there are two candidates), and candidates to references. What
/// is certainly slower leaves the first family step by step, and those that remain share what is
/// left of alpha: what cannot win does not widen the comparison of those that can. Cells that share
/// no block are compared through an anchor (pairing.h); where there is none, or a single
/// incarnation, intervals are 0 to infinity. Throws std::invalid_argument on a cell index outside 0
/// to cell_count - 1 and on an impossible confidence. Cost: some 10 ms for 100 000 slices.
/// The mean of a cell's pairs with each of `to` (not empty), at `confidence` by itself: for a pair
/// that was named beforehand. `pair.to` is the first of them.
PairEstimate estimate_named_pair(const PointSamples& samples, int cell_count, int cell,
                                 const std::vector<int>& to, const EstimateOptions& options = {});

/// Cells that were paired before anything was measured, by index.
struct NamedPair {
  int cell = 0, to = 0;
};
/// Each of `pairs`, in their order, at `confidence` together: a family of its own beside those of
/// estimate_point. `anchors` as there. A pair of which a look has dropped a cell is as it was then,
/// by what that look spends.
std::vector<PairEstimate> estimate_named_pairs(const PointSamples& samples, int cell_count,
                                               const std::vector<NamedPair>& pairs,
                                               const std::vector<int>& anchors,
                                               const EstimateOptions& options = {});

PointEstimate estimate_point(const PointSamples& samples, int cell_count,
                             const std::vector<int>& candidates, const std::vector<int>& references,
                             const EstimateOptions& options = {});

}  // namespace handoff
