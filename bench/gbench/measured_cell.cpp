#include "bench/gbench/measured_cell.h"

#include <fmt/format.h>

#include <algorithm>

namespace handoff {

namespace {
constexpr std::uint32_t kWarmUps = 2;                // slices that are proved but not timed
constexpr std::uint32_t kSlicesPerIncarnation = 64;  // about ten incarnations in half a second
}  // namespace

std::string measured_name(const PointPlan& point, const CellPlan& cell) {
  return fmt::format("{}/producers:{}/consumers:{}/payload:{}/real_time", cell.strategy,
                     point.workload.producers, point.workload.consumers, point.workload.payload);
}

MeasuredCell::MeasuredCell(const Bench& bench, const PointPlan& point, const CellPlan& cell,
                           const CellMemory& memory)
    : bench_(bench),
      point_(point),
      cell_(cell),
      memory_(memory),
      name_(measured_name(point, cell)) {}

Measurement MeasuredCell::measure(double items) {
  Measurement result;
  double elapsed_ns = 0, cpu_ns = 0, proved = 0;
  for (bool first = true; result.outcome.good() && (first || proved < items); first = false) {
    if (process_ && slice_ >= kWarmUps + kSlicesPerIncarnation) result.outcome = close();
    if (!process_ && result.outcome.good()) result.outcome = open();
    if (!result.outcome.good()) break;
    const SliceReply reply = slice();
    result.outcome = reply.outcome;
    if (!reply.outcome.good() || reply.items == 0) continue;
    elapsed_ns += ns_per_item(reply) * static_cast<double>(reply.items);
    cpu_ns += reply.cpu_ns;
    proved += static_cast<double>(reply.items);
  }
  if (result.outcome.good()) result.outcome = close();
  process_.reset();
  if (result.outcome.good()) {
    result.ns_per_item = elapsed_ns / proved;
    result.cpu_ns_per_item = cpu_ns / proved;
  }
  return result;
}

CellOutcome MeasuredCell::open() {
  slice_ = 0;
  process_ = std::make_unique<CellProcess>(
      request_for(bench_, point_, cell_, memory_, ++incarnation_), bench_.plan.timeout_s);
  CellOutcome outcome = process_->opened();
  for (std::uint32_t i = 0; i < kWarmUps && outcome.good(); ++i) outcome = slice().outcome;
  return outcome;
}

CellOutcome MeasuredCell::close() {
  const CellOutcome outcome = process_->close();
  process_.reset();
  return outcome;
}

SliceReply MeasuredCell::slice() {
  SliceReply reply = process_->slice(++slice_, memory_.sizer.items(),
                                     std::max(kCutFactor * memory_.slice_ns, kLeastCutNs));
  if (reply.outcome.good()) {
    memory_.sizer.learn(reply.whole_ns, static_cast<double>(reply.items));
  }
  return reply;
}

}  // namespace handoff
