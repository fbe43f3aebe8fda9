#include "bench/run/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "bench/results/results.h"

namespace handoff {

namespace {
constexpr double kUpdateS = 0.2, kPlainS = 5;

/// Blocks of the whole run so far, earlier sittings included.
int blocks_done(const RunState& state) {
  int blocks = 0;
  for (std::size_t i = 0; i < state.plan.points.size(); ++i) {
    blocks += state.record.point(static_cast<int>(i)).blocks;
  }
  return blocks;
}
}  // namespace

ProgressLine::ProgressLine(std::ostream& out, Progress mode, bool terminal)
    : out_(out), updating_(terminal && mode == Progress::kAuto), silent_(mode == Progress::kNone) {}

bool ProgressLine::is_due(double elapsed_s) {
  if (silent_ || elapsed_s - shown_s_ < (updating_ ? kUpdateS : kPlainS)) return false;
  shown_s_ = elapsed_s;
  return true;
}

void ProgressLine::show(const std::string& text) {
  if (updating_) {
    out_ << "\r\x1b[K" << text << std::flush;
    open_ = true;
  } else {
    out_ << text << '\n';
  }
}

void ProgressLine::done() {
  if (open_) out_ << "\r\x1b[K" << std::flush;
  open_ = false;
}

std::string ProgressDisplay::text(const RunState& state) {
  if (led_point_ != state.point) {  // an estimate takes milliseconds, so only once per visit
    led_point_ = state.point;
    const PointPlan& plan = state.plan.points[static_cast<std::size_t>(state.point)];
    const PointEstimate now = estimate(state.plan, plan, state.record.point(state.point));
    leader_ = now.leader ? plan.cells[static_cast<std::size_t>(*now.leader)].label : "";
  }
  const double left_s = std::max(state.plan.budget_s - state.elapsed_s, 0.0);
  return fmt::format("pass {}/{}  point {}/{} {}  block {}  {:.0f} s left{}{}", state.pass + 1,
                     state.plan.incarnations, state.point + 1, state.plan.points.size(),
                     state.plan.points[static_cast<std::size_t>(state.point)].id,
                     blocks_done(state), left_s, leader_.empty() ? "" : "  leads: ", leader_);
}

void ProgressDisplay::show(const RunState& state) {
  if (line_.is_due(state.elapsed_s)) line_.show(text(state));
}

}  // namespace handoff
