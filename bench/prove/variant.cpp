#include "bench/prove/variant.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/suite/suite.h"

namespace handoff {

namespace {

constexpr std::size_t kSample = 64;        // random combinations from which the next one is chosen
constexpr std::size_t kValueCounts = 100;  // weight of a new value; a new pair of values has 1

std::array<std::size_t, 6> sizes_of(const VariantAxes& axes) {
  return {axes.pairs.size(),    axes.payload.size(), axes.capacity.size(),
          axes.transfer.size(), axes.wait.size(),    axes.torment.size()};
}

/// The usual value of each axis, or the first.
Choice usual(const VariantAxes& axes) {
  const Variant plain;
  const auto place = [](const auto& values, const auto& value) {
    const auto at = std::find(values.begin(), values.end(), value);
    return static_cast<std::uint32_t>(at == values.end() ? 0 : at - values.begin());
  };
  return {place(axes.pairs, std::pair{plain.workload.producers, plain.workload.consumers}),
          place(axes.payload, kMinPayload),  // the fastest payload gives the longest life
          place(axes.capacity, plain.workload.capacity),
          place(axes.transfer, plain.workload.transfer),
          place(axes.wait, plain.workload.wait),
          place(axes.torment, plain.torment)};
}

}  // namespace

const std::vector<std::string>& torment_names() {
  static const std::vector<std::string> names{"none", "delays", "stops", "one-cpu"};
  return names;
}

std::string name(Torment torment) { return torment_names()[static_cast<std::size_t>(torment)]; }

std::string describe(const Variant& variant) {
  const Workload& w = variant.workload;
  return fmt::format("{}:{}, {}, capacity {}, {}, waits {}, torment {}", w.producers, w.consumers,
                     size_text(w.payload), w.capacity, name(w.transfer), name(w.wait),
                     name(variant.torment));
}

std::uint64_t combinations(const VariantAxes& axes) {
  std::uint64_t product = 1;
  for (const std::size_t size : sizes_of(axes)) product *= size;
  return product;
}

VariantOrder::VariantOrder(VariantAxes axes, int usable_cpus, std::uint64_t seed,
                           const std::function<bool(const Workload&)>& excluded)
    : axes_(std::move(axes)), usable_cpus_(usable_cpus), random_(seed) {
  const auto sizes = sizes_of(axes_);
  Choice choice{};
  for (std::uint64_t number = 0; number < combinations(axes_); ++number) {
    std::uint64_t rest = number;
    for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
      choice[axis] = static_cast<std::uint32_t>(rest % sizes[axis]);
      rest /= sizes[axis];
    }
    excluded(variant_of(choice).workload) ? static_cast<void>(++excluded_) : all_.push_back(choice);
  }
}

Variant VariantOrder::variant_of(const Choice& choice) const {
  Variant variant;
  Workload& w = variant.workload;
  std::tie(w.producers, w.consumers) = axes_.pairs[choice[0]];
  w.payload = axes_.payload[choice[1]];
  w.capacity = axes_.capacity[choice[2]];
  w.transfer = axes_.transfer[choice[3]];
  w.wait = axes_.wait[choice[4]];
  w.spin_ns =
      w.wait == Wait::kSpinBlock ? usual_spin_ns(w.producers + w.consumers, usable_cpus_) : 0;
  variant.torment = axes_.torment[choice[5]];
  return variant;
}

std::size_t VariantOrder::news(const Choice& choice) const {
  std::size_t count = 0;
  for (std::size_t a = 0; a < choice.size(); ++a) {
    if (!values_shown_.contains({a, choice[a]})) count += kValueCounts;
    for (std::size_t b = a + 1; b < choice.size(); ++b) {
      if (!pairs_shown_.contains({{a, choice[a]}, {b, choice[b]}})) ++count;
    }
  }
  return count;
}

void VariantOrder::shown(const Choice& choice) {
  for (std::size_t a = 0; a < choice.size(); ++a) {
    values_shown_.insert({a, choice[a]});
    for (std::size_t b = a + 1; b < choice.size(); ++b) {
      pairs_shown_.insert({{a, choice[a]}, {b, choice[b]}});
    }
  }
}

std::optional<Variant> VariantOrder::next() {
  if (all_.empty()) return std::nullopt;
  if (left_.empty()) {
    left_ = all_;
    values_shown_.clear();
    pairs_shown_.clear();
  }
  const auto plain = std::find(left_.begin(), left_.end(), usual(axes_));
  std::size_t best = static_cast<std::size_t>(plain - left_.begin());
  if (begun_ || plain == left_.end()) {
    std::size_t most = 0;
    best = 0;
    for (std::size_t i = 0; i < std::min(kSample, 4 * left_.size()); ++i) {
      const std::size_t candidate = random_() % left_.size();
      const std::size_t found = news(left_[candidate]);
      if (i == 0 || found > most) {
        most = found;
        best = candidate;
      }
    }
  }
  begun_ = true;
  last_ = left_[best];
  left_[best] = left_.back();
  left_.pop_back();
  shown(last_);
  return variant_of(last_);
}

void VariantOrder::exclude_last() {
  all_.erase(std::find(all_.begin(), all_.end(), last_));
  ++excluded_;
}

}  // namespace handoff
