// One strategy at one point for Google Benchmark: the cells and slices that `handoff run` uses.
//
// A measurement opens cells of its own, renews them every few slices (an incarnation each, as in a
// run), and closes them: what fails at the end of a cell, fails the measurement.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/cell/verdict.h"
#include "bench/run/cell_process.h"
#include "bench/run/point_incarnation.h"

namespace handoff {

/// Of the timed window; of the whole slice where it was too short for one.
inline double ns_per_item(const SliceReply& reply) {
  if (reply.window_items > 0) return reply.elapsed_ns / reply.window_items;
  return reply.whole_ns / static_cast<double>(reply.items);
}

struct Measurement {
  CellOutcome outcome;         // no times where it is not good
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

  /// Slices until `items` have been handed over, one at least.
  Measurement measure(double items);

 private:
  CellOutcome open();
  CellOutcome close();
  SliceReply slice();

  const Bench& bench_;
  const PointPlan& point_;
  const CellPlan& cell_;
  CellMemory memory_;  // of all incarnations
  std::string name_;
  std::unique_ptr<CellProcess> process_;
  std::uint32_t incarnation_ = 0, slice_ = 0;
};

}  // namespace handoff
