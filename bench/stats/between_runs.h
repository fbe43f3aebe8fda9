// How much the ratio of two strategies moves from run to run, beyond what one run can see.
//
// Model. In run r the log ratio of strategies a and b is their true one, plus u_a - u_b, what the
// machine's state did to each in that run, plus the error that the run itself can see. u has a
// standard deviation of its own for each strategy. Over runs, the variance of a pair's log ratio
// less the mean of its squared errors estimates the sum of the two variances; these are fitted by
// least squares, and each is drawn towards their mean as far as few runs cannot tell it from that.
#pragma once

#include <span>
#include <vector>

namespace handoff {

/// One run's estimate of a pair, `a` < `b`: indexes of strategies.
struct RunOfPair {
  int run = 0, point = 0;
  int a = 0, b = 0;
  double log_ratio = 0;  // of ns per item, a over b
  double error = 0;      // its standard error, as the run sees it
  int incarnations = 0;  // behind it
};

/// Standard deviations of a strategy's log time from run to run.
struct BetweenRuns {
  std::vector<double> of_strategy;
  double typical = 0;  // root of the mean variance: for a strategy that was not there
};

/// Pairs seen in fewer than three runs say nothing. Nothing known: all is 0.
BetweenRuns learn_between_runs(std::span<const RunOfPair> runs, int strategies);

/// What was said of the next run, and whether it came so.
struct Foretold {
  int pairs = 0, held = 0;
};

/// Each run of `runs` foretells the next one's ratios, with what the other runs teach: how often
/// the next ratio lies in the interval at `confidence`. Needs five runs.
Foretold foretell_next_runs(std::span<const RunOfPair> runs, int strategies, double confidence);

/// Half-width, on the log scale, of the interval in which the next run's log ratio lies with
/// probability `confidence`; `between_sd` of the pair.
double next_run_half_width(double error, int incarnations, double between_sd, double confidence);

}  // namespace handoff
