// Do the intervals hold what they promise? Simulated runs, stopping rule included, against the
// truth they were drawn from. Each line printed is one simulation; docs/measuring.md cites them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

#include "bench/stats/estimate.h"
#include "bench/stats/pairing.h"
#include "tests/stats_simulation.h"

namespace handoff {
namespace {

using simulation::Effect;
using simulation::Machine;
using simulation::Plan;
using simulation::Simulator;

// Sanitizers look for other faults and are ten times slower: fewer runs, and room for their noise.
#ifdef HANDOFF_SANITIZED
constexpr int kRuns = 100;
constexpr double kSlack = 0.10;
#else
constexpr int kRuns = 2000;
constexpr double kSlack = 0;
#endif
constexpr std::uint64_t kSeed = 20240501;

constexpr Machine kMachines[] = {Machine::kSkewed, Machine::kBimodal, Machine::kDrifting,
                                 Machine::kAutocorrelated};
constexpr const char* kMachineNames[] = {"skewed", "bimodal", "drifting", "autocorrelated"};
constexpr const char* kEffectNames[] = {"normal", "Laplace", "two layouts", "exponential",
                                        "heavy-tailed"};

/// Shares of runs, over all pairs of the run that are shown.
struct Rates {
  double covered = 0;           // every typical interval holds the truth
  double overall_covered = 0;   // every overall interval does (slices must be distributed alike)
  double called_different = 0;  // some pair is called faster or slower
  double called_wrongly = 0;    // some pair is called faster or slower against the truth
  double ended_early = 0;
  double half_width = 0;  // of typical, log scale, mean
};

bool holds(const Interval& interval, double log_truth) {
  return std::log(interval.lo) <= log_truth && log_truth <= std::log(interval.hi);
}

Rates simulate(const Plan& plan, const std::vector<double>& true_logs) {
  Simulator simulator(plan, kSeed);
  std::vector<int> candidates(true_logs.size());
  std::iota(candidates.begin(), candidates.end(), 0);
  Rates sums;
  for (int run = 0; run < kRuns; ++run) {
    const PointEstimate point =
        estimate_point(simulator.run(), static_cast<int>(candidates.size()), candidates, {});
    bool covered = true, overall_covered = true, different = false, wrong = false;
    for (const PairEstimate& pair : point.pairs) {
      const double truth = true_logs[static_cast<std::size_t>(pair.cell)] -
                           true_logs[static_cast<std::size_t>(pair.to)];
      covered &= holds(pair.typical, truth);
      overall_covered &= holds(pair.overall, truth);
      const bool faster = pair.verdict == PairVerdict::kFaster;
      const bool slower = pair.verdict == PairVerdict::kSlower;
      different |= faster || slower;
      wrong |= (faster && truth >= 0) || (slower && truth <= 0);
      sums.half_width +=
          std::log(pair.typical.hi / pair.typical.lo) / 2 / static_cast<double>(point.pairs.size());
    }
    sums.covered += covered;
    sums.overall_covered += overall_covered;
    sums.called_different += different;
    sums.called_wrongly += wrong;
    sums.ended_early += simulator.ended_early();
  }
  return {sums.covered / kRuns,        sums.overall_covered / kRuns, sums.called_different / kRuns,
          sums.called_wrongly / kRuns, sums.ended_early / kRuns,     sums.half_width / kRuns};
}

std::string describe(const Plan& plan) {
  const std::string cells = std::to_string(plan.true_logs.size());
  const std::string effect_sd = std::to_string(100 * plan.effect_sd).substr(0, 4);
  return std::string(kMachineNames[static_cast<int>(plan.machine)]) + ", " +
         kEffectNames[static_cast<int>(plan.effect)] + " effects of " + effect_sd + " %, " +
         std::to_string(plan.incarnations) + " incarnations, " + cells + " cells";
}

Rates simulate_and_print(const Plan& plan, const std::vector<double>& true_logs) {
  const Rates rates = simulate(plan, true_logs);
  std::printf("%-66s covered %.4f different %.4f early %.2f half-width %.4f\n",
              describe(plan).c_str(), rates.covered, rates.called_different, rates.ended_early,
              rates.half_width);
  return rates;
}

Rates expect_nominal(const Plan& plan, const std::vector<double>& true_logs) {
  const Rates rates = simulate_and_print(plan, true_logs);
  EXPECT_GE(rates.covered, 0.93 - kSlack) << describe(plan);
  EXPECT_LE(rates.covered, 0.97 + kSlack) << describe(plan);
  return rates;
}

// Where the slices of two cells are not distributed alike, what an incarnation says on average is
// taken from 20 000 of them.
std::vector<double> long_run_logs(Plan plan) {
  plan.incarnations = 20000;
  plan.budget = 0;
  std::vector<IncarnationTable> tables;
  for (const auto& incarnation : Simulator(plan, kSeed + 1).run()) {
    tables.emplace_back(incarnation, 2);
  }
  const std::vector<double> logs = pair_series(tables, 1, 0, {}).typical;
  return {0, std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size())};
}

TEST(Coverage, OfOnePairIsNominalWhateverTheMachineDoes) {
  for (const Machine machine : kMachines) {
    for (const double effect_sd : {0.02, 0.002}) {
      for (const int incarnations : {8, 12, 24}) {
        const Plan plan{.machine = machine,
                        .effect_sd = effect_sd,
                        .incarnations = incarnations,
                        .true_logs = {0, 0.03}};
        const Rates rates = expect_nominal(plan, plan.true_logs);
        EXPECT_GE(rates.overall_covered, 0.93 - kSlack) << describe(plan);
        EXPECT_LE(rates.overall_covered, 0.97 + kSlack) << describe(plan);
      }
    }
  }
}

TEST(Coverage, OfOnePairIsNominalWhenIncarnationsDifferInOtherWaysThanNormal) {
  for (const Effect effect :
       {Effect::kLaplace, Effect::kTwoLayouts, Effect::kExponential, Effect::kHeavyTailed}) {
    for (const int incarnations : {8, 12, 24}) {
      // Effects so large that the slices of an incarnation hardly smooth their distribution.
      const Plan plan{.machine = Machine::kBimodal,
                      .effect = effect,
                      .effect_sd = 0.1,
                      .incarnations = incarnations};
      expect_nominal(plan, plan.true_logs);
    }
  }
}

TEST(Coverage, OfOnePairIsNominalWhenOnlyOneCellStalls) {
  for (const int incarnations : {8, 12, 24}) {
    const Plan plan{.effect_sd = 0.002, .incarnations = incarnations, .stall_rates = {0, 0.3}};
    expect_nominal(plan, long_run_logs(plan));
  }
}

TEST(Coverage, OfOnePairIsNominalWhenTheRatioDependsALittleOnTheStateOfTheMachine) {
  for (const int incarnations : {8, 12, 24}) {
    const Plan plan{.machine = Machine::kBimodal,
                    .effect_sd = 0.002,
                    .incarnations = incarnations,
                    .slow_logs = {0, 0.1}};
    expect_nominal(plan, long_run_logs(plan));
  }
}

TEST(Coverage, OfOnePairIsNominalWhenTheBudgetEndsMostRunsHalfWay) {
  for (const Machine machine : kMachines) {
    const Plan plan{.machine = machine, .incarnations = 24, .budget = 0.5};
    expect_nominal(plan, plan.true_logs);
  }
}

TEST(Coverage, OfOnePairIsNominalWithManyShortIncarnations) {
  for (const Machine machine : kMachines) {
    const Plan plan{.machine = machine,
                    .effect_sd = 0.05,
                    .incarnations = 130,
                    .blocks = 8,
                    .true_logs = {0, 0.03}};
    const Rates rates = expect_nominal(plan, plan.true_logs);
    EXPECT_GE(rates.overall_covered, 0.93 - kSlack) << describe(plan);
    EXPECT_LE(rates.overall_covered, 0.97 + kSlack) << describe(plan);
  }
}

TEST(Coverage, OfOnePairIsNominalWhenAStateOfTheMachineOutlastsShortIncarnations) {
  const Plan plan{.machine = Machine::kBimodal,
                  .effect_sd = 0.002,
                  .incarnations = 130,
                  .blocks = 4,
                  .slow_logs = {0, 0.1}};
  expect_nominal(plan, long_run_logs(plan));
}

// Limits, stated in docs/measuring.md: eight incarnations do not show enough of the truth if one
// cell alone is skewed from incarnation to incarnation, or if the ratio depends much on a state of
// the machine that lasts as long as an incarnation.
TEST(Coverage, FallsShortByAFewPercentWhereIncarnationsAreTooFewToShowTheTruth) {
  Plan skewed{.machine = Machine::kBimodal, .effect = Effect::kExponential, .effect_sd = 0.1};
  skewed.effect_shares = {0, 1};
  EXPECT_GE(simulate_and_print(skewed, skewed.true_logs).covered, 0.89 - kSlack);
  const Plan torn{.machine = Machine::kBimodal, .effect_sd = 0.002, .slow_logs = {0, 0.5}};
  EXPECT_GE(simulate_and_print(torn, long_run_logs(torn)).covered, 0.91 - kSlack);
}

TEST(Coverage, OfFourCandidatesHoldsTogetherWithTheLeaderChosenFromTheData) {
  const std::vector<double> truths[] = {
      {0, 0, 0, 0}, {0, 0.005, 0.01, 0.5}, {0.1, 0, 0.1, 0.2}, {0, 0, 0.02, 0.02}};
  for (const auto& truth : truths) {
    for (const Machine machine : {Machine::kSkewed, Machine::kBimodal}) {
      const Plan plan{.machine = machine, .true_logs = truth};
      EXPECT_GE(simulate_and_print(plan, truth).covered, 0.94 - kSlack) << describe(plan);
    }
  }
}

TEST(Verdicts, IdenticalCellsAreSeldomCalledDifferent) {
  for (const Machine machine : kMachines) {
    for (const double effect_sd : {0.02, 0.002}) {
      for (const std::size_t cells : {2U, 4U}) {
        const Plan plan{
            .machine = machine, .effect_sd = effect_sd, .true_logs = std::vector<double>(cells, 0)};
        const Rates rates = simulate_and_print(plan, plan.true_logs);
        EXPECT_LE(rates.called_different, 0.05 + kSlack) << describe(plan);
      }
    }
  }
}

TEST(Verdicts, ATenthIsFoundAndNeverTheWrongWayRound) {
  const Plan plan{.machine = Machine::kBimodal,
                  .effect_sd = 0.002,
                  .incarnations = 12,
                  .true_logs = {0.1, 0},
                  .budget = 2};
  const Rates rates = simulate_and_print(plan, plan.true_logs);
  EXPECT_GE(rates.called_different, 0.90);
  EXPECT_EQ(rates.called_wrongly, 0);
}

}  // namespace
}  // namespace handoff
