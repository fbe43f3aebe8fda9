#include "bench/results/record.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace handoff {

namespace {
enum Column : std::uint8_t {
  kCell,
  kStart,
  kItems,
  kWindowItems,
  kElapsed,
  kCpu,
  kVoluntary,
  kInvoluntary,
  kRunDelay,
  kSlowest,
  kFastest,
  kMissedWakeups,  // this and the following columns may be missing in old journals
  kWhole,
  kUnderWay
};

double rounded(double value, double unit) { return std::round(value * unit) / unit; }
}  // namespace

const std::vector<std::string>& RunRecord::slice_columns() {
  static const std::vector<std::string> names{
      "cell",          "start_ns",       "items",       "window_items", "elapsed_ns",
      "cpu_ns",        "voluntary",      "involuntary", "run_delay_ns", "slowest_share",
      "fastest_share", "missed_wakeups", "whole_ns",    "under_way"};
  return names;
}

Json RunRecord::slice_row(int cell, double start_ns, const SliceReply& reply) {
  const auto whole = [](double value) { return static_cast<std::int64_t>(std::llround(value)); };
  return {cell,
          whole(start_ns),
          reply.items,
          rounded(reply.window_items, 10),
          whole(reply.elapsed_ns),
          whole(reply.cpu_ns),
          whole(reply.voluntary),
          whole(reply.involuntary),
          whole(reply.run_delay_ns),
          rounded(reply.slowest_share, 1000),
          rounded(reply.fastest_share, 1000),
          reply.missed_wakeups,
          whole(reply.whole_ns),
          whole(reply.under_way)};
}

bool hardly_timed(const CellRecord& cell) {
  constexpr int kLearned = 2;  // the first two taught how long the cell's slices must be
  return cell.untimed - kLearned > 0.02 * cell.slices;
}

void PointRecord::set_aside_unfinished() {
  for (int pass = 0; pass < static_cast<int>(samples.size()); ++pass) {
    IncarnationSamples& begun = samples[static_cast<std::size_t>(pass)];
    if (begun.empty() || passes_done.contains(pass)) continue;
    passes_done.insert(static_cast<int>(samples.size()));  // done under its new number
    samples.push_back(std::exchange(begun, {}));
    return set_aside_unfinished();  // push_back has moved the references
  }
}

RunRecord::RunRecord(const Plan& plan) : points_(plan.points.size()) {
  for (std::size_t i = 0; i < points_.size(); ++i) {
    points_[i].samples.resize(static_cast<std::size_t>(plan.points[i].incarnations));
    points_[i].cells.resize(plan.points[i].cells.size());
    for (std::size_t c = 0; c < points_[i].cells.size(); ++c) {
      points_[i].cells[c].twin = plan.points[i].cells[c].twin;
      const std::string& why = plan.points[i].cells[c].unsupported;
      if (!why.empty()) points_[i].cells[c].outcome = {CellVerdict::kUnsupported, why};
    }
  }
}

void RunRecord::add(const Json& line) {
  const std::string type = line.value("t", "");
  if (type == "block") return add_block(line);
  if (type == "second") {
    if (line.at("steal_share").is_number()) steal_shares_.push_back(line.at("steal_share"));
    if (line.at("load_average").is_number()) load_averages_.push_back(line.at("load_average"));
    spent_s_ = std::max(spent_s_, line.value("at_s", 0.0));
    return;
  }
  if (type == "end") {
    status_ = line.at("status");
    exit_ = line.at("exit");
    spent_s_ = line.at("spent_s");
    return;
  }
  if (type == "resume") {
    status_ = "running";
    for (PointRecord& point : points_) point.set_aside_unfinished();
    return;
  }
  if (!line.contains("point")) return;
  PointRecord& point = points_.at(line.at("point"));
  if (type == "pass") {
    point.passes_done.insert(line.at("pass").get<int>());
    return;
  }
  if (type == "look") {
    for (const Json& cell : line.at("drop")) {
      int& after = point.cells.at(cell.get<std::size_t>()).dropped_after;
      if (after == 0) after = line.at("passes");
    }
    point.stopped = line.at("stop");
    const Json needs = line.value("needs", Json(1));
    point.needs = needs.is_number() ? std::optional(needs.get<double>()) : std::nullopt;
    return;
  }
  if (!line.contains("cell")) return;
  CellRecord& cell = point.cells.at(line.at("cell"));
  if (type == "control") {
    cell.twin = line.at("twin");
  } else if (type == "open") {
    cell.life_items = 0;
    cell.bound = line.at("bound");
    cell.note = line.at("note");
  } else if (type == "fail") {
    if (cell.outcome.good()) {
      cell.outcome = {*cell_verdict(line.at("verdict").get<std::string>()), line.at("reason")};
    }
  } else if (type == "close") {
    ++cell.closed;
    cell.longest_life_items = std::max(cell.longest_life_items, cell.life_items);
    cell.parked_cpu_share_sum += line.at("parked_cpu_share").get<double>();
    cell.peak_memory_bytes =
        std::max(cell.peak_memory_bytes, line.at("peak_memory_bytes").get<double>());
  }
}

void RunRecord::add_block(const Json& line) {
  PointRecord& point = points_.at(line.at("point"));
  const bool estimated = line.at("block").get<int>() >= 0;
  BlockSamples block;
  for (const Json& row : line.at("slices")) {
    const int index = row.at(kCell);
    CellRecord& cell = point.cells.at(static_cast<std::size_t>(index));
    cell.proved_items += row.at(kItems).get<double>();
    cell.life_items += row.at(kItems).get<double>();
    if (row.size() > kMissedWakeups)
      cell.missed_wakeups += row[kMissedWakeups].get<std::uint64_t>();
    // One microsecond more, so that a resumed run continues after all that was measured.
    spent_s_ = std::max(spent_s_, row.at(kStart).get<double>() / 1e9 + 1e-6);
    if (!estimated) continue;
    block.push_back({.cell = index,
                     .elapsed_ns = row.at(kElapsed),
                     .items = row.at(kWindowItems),
                     .whole_ns = row.size() > kWhole ? row[kWhole].get<double>() : 0,
                     .all_items = row.at(kItems)});
    if (block.back().items <= 0) {
      ++cell.untimed;
    } else if (row.size() > kUnderWay) {
      cell.under_way.push_back(row[kUnderWay]);
    }
    ++cell.slices;
    cell.items += row.at(kItems).get<double>();
    cell.cpu_ns += row.at(kCpu).get<double>();
    cell.voluntary += row.at(kVoluntary).get<double>();
    cell.involuntary += row.at(kInvoluntary).get<double>();
    const double delay = row.at(kRunDelay);
    if (delay < 0) cell.run_delay_known = false;
    cell.run_delay_ns += delay;
    cell.slowest_shares.push_back(row.at(kSlowest));
    cell.fastest_shares.push_back(row.at(kFastest));
  }
  if (!estimated) return;
  ++point.blocks;
  point.samples.at(line.at("pass")).push_back(std::move(block));
}

bool RunRecord::any_failure() const {
  return std::any_of(points_.begin(), points_.end(), [](const PointRecord& point) {
    return std::any_of(point.cells.begin(), point.cells.end(),
                       [](const CellRecord& cell) { return is_failure(cell.outcome.verdict); });
  });
}

}  // namespace handoff
