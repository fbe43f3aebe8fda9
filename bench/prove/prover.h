// Proves strategies in lives that are longer and more varied than those of a run: for each strategy
// one life after the other, each at another variant, until the time is spent. Every strategy gets
// the same time. If one fails, the smallest variant that fails is searched for, and it gets no more
// lives; the other strategies continue.
//
// The first life of a strategy, at the usual values, and every sixteenth are long, so that faults
// that occur once in a million items of a life are found. The others are short, so that many
// variants come early.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bench/prove/life.h"
#include "bench/prove/shrink.h"
#include "bench/prove/variant.h"

namespace handoff {

/// A strategy to prove.
struct Subject {
  const Descriptor* strategy;
  std::string plugin;  // the file that holds it; empty: the program does
};

struct ProofPlan {
  std::vector<Subject> subjects;
  VariantAxes axes;
  double for_s = 60;
  std::uint64_t seed = 0;
  std::uint64_t memory_bytes = 0;  // variants whose items would take more are left out
  int usable_cpus = 1;
  LifeSurroundings surroundings;
};

/// The results for one strategy.
struct StrategyProof {
  Subject subject;
  std::uint64_t lives = 0, slices = 0;
  std::uint64_t variants = 0;      // different variants that had a life
  std::uint64_t skipped = 0;       // combinations that are not supported or do not fit into memory
  std::uint64_t items = 0;         // proved
  std::uint64_t longest_life = 0;  // most items of one life that ended in order, all proved
  std::uint64_t missed_wakeups = 0;
  double spent_s = 0;
  std::string unsupported;  // why it has no variant at all; empty: it has some
  std::optional<FailedLife> failure;
  std::optional<Smallest> smallest;  // of the failure

  bool proved() const { return !failure && items > 0; }
};

struct ProofState {
  const StrategyProof& now;
  const Variant& variant;
  bool shrinking;
  std::uint64_t items;  // proved, of all strategies
  double elapsed_s, for_s;
};

class Prover {
 public:
  /// `show` is called before each life.
  Prover(const ProofPlan& plan, std::function<void(const ProofState&)> show);

  /// Runs until the time is spent, every strategy has failed, or Ctrl-C. Throws std::system_error
  /// if no process can be started; proofs() then has the results so far.
  void run();

  const std::vector<StrategyProof>& proofs() const { return proofs_; }
  double elapsed_s() const;

 private:
  struct Course {
    VariantOrder order;
    std::vector<Variant> lived;
    std::uint64_t begun = 0;  // lives
  };
  double life_s(const Course& course) const;
  /// One life of the strategy at its next variant; none if that turns out to be unsupported.
  void go_on(std::size_t index);
  void shrink_failure(StrategyProof& proof);
  Life live_once(const StrategyProof& proof, const Variant& variant, std::uint64_t seed,
                 double seconds, bool shrinking);

  const ProofPlan& plan_;
  std::function<void(const ProofState&)> show_;
  std::uint64_t began_ns_;
  std::vector<StrategyProof> proofs_;
  std::vector<Course> courses_;  // one per strategy, as proofs_
};

}  // namespace handoff
