#include "bench/prove/shrink.h"

#include <algorithm>
#include <utility>

#include "bench/suite/suite.h"

namespace handoff {

namespace {

constexpr int kTriesAgain = 6, kTriesSmaller = 3;  // lives
/// A life gets kLonger times the time after which the failure came, but at least kLeastS and at
/// most kMostS.
constexpr double kLonger = 2, kLeastS = 0.3, kMostS = 20;

void add_if_other(std::vector<Variant>& all, const Variant& from, Variant to, int usable_cpus) {
  Workload& w = to.workload;
  w.spin_ns =
      w.wait == Wait::kSpinBlock ? usual_spin_ns(w.producers + w.consumers, usable_cpus) : 0;
  if (!(to == from)) all.push_back(to);
}

class Shrinking {
 public:
  Shrinking(const FailedLife& first, const LiveAgain& live)
      : smallest_{.failed = first}, live_(live) {}

  /// Whether the failure comes in one of `tries` lives of a variant; if so, smallest() is that
  /// life.
  bool comes_again(const Variant& variant, int tries) {
    const double seconds = std::clamp(kLonger * smallest_.failed.life.at_work_s, kLeastS, kMostS);
    for (int i = 0; i < tries && !cut_off_; ++i) {
      // First the seed of the failure, then others: the failure may depend on chance.
      const std::uint64_t seed = life_seed(smallest_.failed.seed, static_cast<std::uint64_t>(i));
      const Life life = live_(variant, seed, seconds);
      spent_s_ += life.took_s;
      ++smallest_.tries;
      if (is_failure(life.outcome.verdict)) {
        smallest_.failed = {variant, seed, life};
        return smallest_.again = true;
      }
      if (life.outcome.verdict == CellVerdict::kUnsupported) return false;
      cut_off_ = !life.whole;
    }
    return false;
  }
  bool ended(double limit_s) const { return cut_off_ || spent_s_ >= limit_s; }
  void forget_time() { spent_s_ = 0; }
  const Smallest& smallest() const { return smallest_; }

 private:
  Smallest smallest_;
  const LiveAgain& live_;
  double spent_s_ = 0;
  bool cut_off_ = false;
};

}  // namespace

std::vector<Variant> simpler(const Variant& variant, int axis, int usable_cpus) {
  const Workload usual;
  std::vector<Variant> all;
  Variant to = variant;
  const auto add = [&] { add_if_other(all, variant, to, usable_cpus); };
  if (axis == 0) {
    to.torment = Torment::kNone;
    add();
  } else if (axis == 1) {
    const std::uint32_t threads = variant.workload.producers + variant.workload.consumers;
    for (const auto& [producers, consumers] : {std::pair{1U, 1U}, {1U, 2U}, {2U, 1U}, {2U, 2U}}) {
      if (producers + consumers >= threads) continue;
      to.workload.producers = producers;
      to.workload.consumers = consumers;
      add();
    }
  } else if (axis == 2) {
    for (const std::uint32_t payload : {kMinPayload, usual.payload}) {
      if (payload >= variant.workload.payload) continue;
      to.workload.payload = payload;
      add();
    }
  } else if (axis == 3) {
    to.workload.capacity = usual.capacity;
    add();
  } else if (axis == 4) {
    to.workload.transfer = usual.transfer;
    add();
  } else {
    to.workload.wait = usual.wait;
    add();
  }
  return all;
}

Smallest shrink(const FailedLife& first, double limit_s, int usable_cpus, const LiveAgain& live) {
  Shrinking shrinking(first, live);
  if (!shrinking.comes_again(first.variant, kTriesAgain)) return shrinking.smallest();
  shrinking.forget_time();
  for (bool smaller = true; smaller && !shrinking.ended(limit_s);) {
    smaller = false;
    for (int axis = 0; axis < kAxesToShrink; ++axis) {
      for (const Variant& variant :
           simpler(shrinking.smallest().failed.variant, axis, usable_cpus)) {
        if (shrinking.ended(limit_s)) break;
        if (!shrinking.comes_again(variant, kTriesSmaller)) continue;
        smaller = true;
        break;
      }
    }
  }
  return shrinking.smallest();
}

}  // namespace handoff
