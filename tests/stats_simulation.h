// Runs that never happened: slices drawn from machines whose true ratios are known.
//
// A run plans incarnations of blocks of cells in random order and ends early when its time budget
// is gone; the time is that of the very slices drawn, so the stopping depends on the data, as in
// `handoff run`. The budget is set so that about half of the runs end early, some inside a block.
//
// Units: ns, ns per item; effects on the log scale (0.02: about 2 %).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "bench/stats/samples.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HANDOFF_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HANDOFF_SANITIZED 1
#endif
#endif

namespace handoff::simulation {

/// How slices vary.
enum class Machine {
  kSkewed,          // log-normal, one slice in 20 with an exponential stall
  kBimodal,         // two states, one five times slower, shared by all cells; flips at any slice
  kDrifting,        // slower by two thirds from beginning to end, and by a third in an incarnation
  kAutocorrelated,  // slow waves of the machine, and of each cell by itself
};

/// How one incarnation of a cell differs from another (layout, luck).
enum class Effect { kNormal, kLaplace, kTwoLayouts, kExponential, kHeavyTailed };

struct Plan {
  Machine machine = Machine::kSkewed;
  Effect effect = Effect::kNormal;
  double effect_sd = 0.02;
  int incarnations = 8;
  int blocks = 30;
  std::vector<double> true_logs = {0, 0};  // by cell: log of its ns per item, but for a constant
  std::vector<double> stall_rates = {};    // by cell, in place of 1 in 20 (skewed machine only)
  std::vector<double> slow_logs = {};      // by cell: added in the slow state (bimodal only)
  std::vector<double> effect_shares = {};  // by cell, of effect_sd
  double budget = 1;                       // over the median time of a run; 0: no end
};

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers from every standard library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t bits() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  double uniform() { return (static_cast<double>(bits() >> 11U) + 0.5) * 0x1p-53; }  // inside 0, 1
  bool chance(double p) { return uniform() < p; }
  double exponential() { return -std::log(uniform()); }
  double normal() {  // Box and Muller
    if (std::exchange(has_spare_, !has_spare_)) return spare_;
    const double radius = std::sqrt(2 * exponential());
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }

 private:
  std::uint64_t state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

/// Of mean 0 and standard deviation 1.
inline double draw_effect(Effect effect, Random& random) {
  switch (effect) {
    case Effect::kNormal:
      return random.normal();
    case Effect::kLaplace:
      return (random.exponential() - random.exponential()) / std::numbers::sqrt2;
    case Effect::kTwoLayouts:  // three in ten are unlucky
      return ((random.chance(0.3) ? 1 : 0) - 0.3) / std::sqrt(0.21);
    case Effect::kExponential:
      return random.exponential() - 1;
    case Effect::kHeavyTailed: {  // t with 3 degrees of freedom
      const double x = random.normal(), y = random.normal(), z = random.normal();
      return random.normal() / std::sqrt(x * x + y * y + z * z);
    }
  }
  return 0;
}

class Simulator {
 public:
  Simulator(Plan plan, std::uint64_t seed) : plan_(std::move(plan)), random_(seed) {
    if (plan_.budget == 0) return;
    constexpr int kPilots = 50;
    std::vector<double> spent;
    for (int pilot = 0; pilot < kPilots; ++pilot) {
      run();
      spent.push_back(spent_ns_);
    }
    std::nth_element(spent.begin(), spent.begin() + kPilots / 2, spent.end());
    budget_ns_ = spent[kPilots / 2] * plan_.budget;
  }

  /// One run, all cells in every block.
  PointSamples run() {
    const std::size_t cells = plan_.true_logs.size();
    PointSamples samples;
    begin_run();
    for (int incarnation = 0; incarnation < plan_.incarnations && !stopped(); ++incarnation) {
      samples.emplace_back();
      begin_incarnation();
      for (int block = 0; block < plan_.blocks && !stopped(); ++block) {
        samples.back().emplace_back();
        for (std::size_t i = cells; i > 1; --i)
          std::swap(order_[i - 1], order_[random_.bits() % i]);
        for (std::size_t i = 0; i < cells && !stopped(); ++i) {
          samples.back().back().push_back(slice(order_[i]));
        }
      }
    }
    return samples;
  }
  bool ended_early() const { return stopped(); }

 private:
  bool stopped() const { return spent_ns_ >= budget_ns_; }

  void begin_run() {
    spent_ns_ = 0;
    progress_ = 0;
    slow_ = random_.chance(0.5);
    wave_ = random_.normal();
    order_.clear();
    for (std::size_t c = 0; c < plan_.true_logs.size(); ++c) order_.push_back(static_cast<int>(c));
    cell_waves_.assign(order_.size(), 0);
    effects_.assign(order_.size(), 0);
  }

  void begin_incarnation() {
    warmth_ = 0;
    for (std::size_t c = 0; c < effects_.size(); ++c) {
      effects_[c] =
          plan_.effect_sd * of(plan_.effect_shares, c, 1) * draw_effect(plan_.effect, random_);
    }
    for (double& wave : cell_waves_) wave = random_.normal();
  }

  SliceSample slice(int cell) {
    constexpr double kItems = 10000;
    const auto c = static_cast<std::size_t>(cell);
    const double elapsed =
        kItems * 100 * std::exp(plan_.true_logs[c] + effects_[c]) * machine_factor(c);
    spent_ns_ += elapsed;
    return {cell, elapsed, kItems};
  }

  double machine_factor(std::size_t cell) {
    const double slices = static_cast<double>(plan_.blocks) * static_cast<double>(order_.size());
    switch (plan_.machine) {
      case Machine::kSkewed: {
        const bool stalls = random_.chance(of(plan_.stall_rates, cell, 0.05));
        return std::exp(0.25 * random_.normal()) + (stalls ? 3 * random_.exponential() : 0);
      }
      case Machine::kBimodal:
        if (random_.chance(0.05)) slow_ = !slow_;
        return (slow_ ? 5 * std::exp(of(plan_.slow_logs, cell, 0)) : 1) *
               std::exp(0.1 * random_.normal());
      case Machine::kDrifting:
        progress_ += 1 / (slices * plan_.incarnations);
        warmth_ += 1 / slices;
        return std::exp(0.5 * progress_ + 0.3 * warmth_ + 0.15 * random_.normal());
      case Machine::kAutocorrelated:
        step(wave_, 0.98);
        step(cell_waves_[cell], 0.9);
        return std::exp(0.4 * wave_ + 0.15 * cell_waves_[cell]);
    }
    return 1;
  }

  static double of(const std::vector<double>& by_cell, std::size_t cell, double otherwise) {
    return by_cell.empty() ? otherwise : by_cell[cell];
  }

  // One step of an autoregressive process of standard deviation 1.
  void step(double& wave, double memory) {
    wave = memory * wave + std::sqrt(1 - memory * memory) * random_.normal();
  }

  Plan plan_;
  Random random_;
  double budget_ns_ = std::numeric_limits<double>::infinity();
  double spent_ns_ = 0, progress_ = 0, warmth_ = 0, wave_ = 0;
  bool slow_ = false;
  std::vector<int> order_;
  std::vector<double> effects_, cell_waves_;
};

}  // namespace handoff::simulation
