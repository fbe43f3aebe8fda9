// Proves strategies beyond the slice: life after life of each, at one variant after the other,
// until the time is spent. Every strategy gets the same time; one that fails is shrunk to its
// smallest variant and gets no more lives, the others go on.
//
// Of a strategy's lives the first is long, at usual values, and every sixteenth: a fault that
// strikes once in a million items of one life is reached. The others are short: many variants come
// early.
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

/// What came of one strategy.
struct StrategyProof {
  Subject subject;
  std::uint64_t lives = 0, slices = 0;
  std::uint64_t variants = 0;  // that have been lived, each counted once
  std::uint64_t skipped =
      0;  // combinations that it does not support, or for which memory is too small
  std::uint64_t items = 0;         // proved
  std::uint64_t longest_life = 0;  // items of one life, all of which were proved
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

  /// Until the time is spent, every strategy has failed or Ctrl-C. Throws std::system_error where
  /// no process can be made; what was proved until then stays.
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
  /// One life, or none where the variant turns out to be unsupported.
  void go_on(std::size_t index);
  void shrink_failure(StrategyProof& proof);
  Life live_once(const StrategyProof& proof, const Variant& variant, std::uint64_t seed,
                 double seconds, bool shrinking);

  const ProofPlan& plan_;
  std::function<void(const ProofState&)> show_;
  std::uint64_t began_ns_;
  std::vector<StrategyProof> proofs_;
  std::vector<Course> courses_;  // of the same strategies
};

}  // namespace handoff
