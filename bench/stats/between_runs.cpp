#include "bench/stats/between_runs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "bench/stats/distributions.h"
#include "bench/stats/interval.h"

namespace handoff {

namespace {

constexpr std::size_t kFewestRuns = 3;  // of a pair
constexpr double kPriorRuns = 4;        // that the mean of all strategies counts for
constexpr int kSweeps = 200;            // of the descent: exact to many digits

struct Excess {
  double variance = 0;  // mean over points of: variance over runs less what the runs can see
  int points = 0;
  double runs = 0;  // degrees of freedom, summed over points
};

using Pair = std::pair<int, int>;

/// Of the log ratios over runs, less the mean of their squared errors. May be negative.
double excess_of(const std::vector<const RunOfPair*>& runs) {
  const auto count = static_cast<double>(runs.size());
  double mean = 0, squares = 0, seen = 0;
  for (const RunOfPair* run : runs) mean += run->log_ratio / count;
  for (const RunOfPair* run : runs) {
    squares += std::pow(run->log_ratio - mean, 2);
    seen += std::pow(run->error, 2) / count;
  }
  return squares / (count - 1) - seen;
}

std::map<Pair, Excess> excesses(std::span<const RunOfPair> runs) {
  std::map<std::tuple<int, int, int>, std::vector<const RunOfPair*>> by_pair;
  for (const RunOfPair& run : runs) by_pair[{run.a, run.b, run.point}].push_back(&run);
  std::map<Pair, Excess> found;
  for (const auto& [key, of_pair] : by_pair) {
    if (of_pair.size() < kFewestRuns) continue;
    Excess& excess = found[{std::get<0>(key), std::get<1>(key)}];
    excess.variance += excess_of(of_pair);
    excess.points += 1;
    excess.runs += static_cast<double>(of_pair.size() - 1);
  }
  for (auto& [pair, excess] : found) excess.variance /= excess.points;
  return found;
}

}  // namespace

BetweenRuns learn_between_runs(std::span<const RunOfPair> runs, int strategies) {
  BetweenRuns learned{std::vector<double>(static_cast<std::size_t>(strategies), 0), 0};
  const std::map<Pair, Excess> pairs = excesses(runs);
  std::vector<double> variance(learned.of_strategy.size(), 0);
  std::vector<double> freedom(variance.size(), 0), partners(variance.size(), 0);
  const auto at = [](int strategy) { return static_cast<std::size_t>(strategy); };
  for (const auto& [pair, excess] : pairs) {
    for (const int one : {pair.first, pair.second}) {
      freedom[at(one)] += excess.runs;
      partners[at(one)] += 1;
    }
  }
  // Coordinate descent on the sum of squares. Chance may push a variance below zero here: set to
  // zero at once, the mean of all would come out too large.
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t one = 0; one < variance.size(); ++one) {
      double rest = 0;
      for (const auto& [pair, excess] : pairs) {
        const auto [a, b] = pair;
        if (at(a) == one) rest += excess.variance - variance[at(b)];
        if (at(b) == one) rest += excess.variance - variance[at(a)];
      }
      if (partners[one] > 0) variance[one] = rest / partners[one];
    }
  }
  double mean = 0;
  const auto known = static_cast<double>(
      std::count_if(partners.begin(), partners.end(), [](double count) { return count > 0; }));
  if (known == 0) return learned;
  for (const double one : variance) mean += one / known;
  mean = std::max(mean, 0.0);
  learned.typical = std::sqrt(mean);
  for (std::size_t one = 0; one < variance.size(); ++one) {
    const double runs_seen = partners[one] > 0 ? freedom[one] / partners[one] : 0;
    const double drawn = (runs_seen * variance[one] + kPriorRuns * mean) / (runs_seen + kPriorRuns);
    learned.of_strategy[one] = std::sqrt(std::max(drawn, 0.0));
  }
  return learned;
}

double next_run_half_width(double error, int incarnations, double between_sd, double confidence) {
  const double tail = (1 - confidence) / 2;
  const auto batches = std::clamp(incarnations, 2, static_cast<int>(kMostBatches));
  // Both runs have an error, and both were moved.
  return std::sqrt(2.0) *
         std::hypot(student_t_above(tail, batches - 1) * error, normal_above(tail) * between_sd);
}

Foretold foretell_next_runs(std::span<const RunOfPair> runs, int strategies, double confidence) {
  Foretold foretold;
  int last = -1;
  for (const RunOfPair& run : runs) last = std::max(last, run.run);
  for (int now = 0; now < last; ++now) {
    std::vector<RunOfPair> others;
    std::copy_if(runs.begin(), runs.end(), std::back_inserter(others),
                 [now](const RunOfPair& run) { return run.run != now && run.run != now + 1; });
    const BetweenRuns learned = learn_between_runs(others, strategies);
    std::map<std::tuple<int, int, int>, double> next;
    for (const RunOfPair& run : runs) {
      if (run.run == now + 1) next[{run.point, run.a, run.b}] = run.log_ratio;
    }
    for (const RunOfPair& run : runs) {
      const auto found = next.find({run.point, run.a, run.b});
      if (run.run != now || found == next.end()) continue;
      const double between = std::hypot(learned.of_strategy[static_cast<std::size_t>(run.a)],
                                        learned.of_strategy[static_cast<std::size_t>(run.b)]);
      ++foretold.pairs;
      foretold.held += std::abs(found->second - run.log_ratio) <=
                               next_run_half_width(run.error, run.incarnations, between, confidence)
                           ? 1
                           : 0;
    }
  }
  return foretold;
}

}  // namespace handoff
