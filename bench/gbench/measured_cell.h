// One strategy at one point for Google Benchmark, with the same cells and slices as `handoff run`.
//
// A measurement opens cells of its own, replaces them every few slices (each is an incarnation, as
// in a run), and closes them. A failure while a cell closes is a failure of the measurement.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/cell/verdict.h"
#include "bench/run/cell_process.h"
#include "bench/run/point_incarnation.h"

namespace handoff {

/// From the timed window; from the whole slice if that has no window.
inline double ns_per_item(const SliceReply& reply) {
  if (reply.window_items > 0) return reply.elapsed_ns / reply.window_items;
  return reply.whole_ns / static_cast<double>(reply.items);
}

struct Measurement {
  CellOutcome outcome;         // if it is not good, there are no times
  double ns_per_item = 0;      // all time over all items
  double cpu_ns_per_item = 0;  // of all threads and processes of the cell
};

/// "mutex_queue/producers:2/consumers:2/payload:64/real_time"
std::string measured_name(const PointPlan& point, const CellPlan& cell);

class MeasuredCell {
 public:
  MeasuredCell(const Bench& bench, const PointPlan& point, const CellPlan& cell,
               const CellMemory& memory);

  const std::string& name() const { return name_; }
  const PointPlan& point() const { return point_; }
  const CellPlan& cell() const { return cell_; }

  /// Runs slices until `items` have been handed over, at least one.
  Measurement measure(double items);

 private:
  CellOutcome open();
  CellOutcome close();
  SliceReply slice();

  const Bench& bench_;
  const PointPlan& point_;
  const CellPlan& cell_;
  CellMemory memory_;  // shared by all incarnations
  std::string name_;
  std::unique_ptr<CellProcess> process_;
  std::uint32_t incarnation_ = 0, slice_ = 0;
};

}  // namespace handoff
