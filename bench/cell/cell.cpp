#include "bench/cell/cell.h"

#include <sys/prctl.h>

#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/cell/accounting.h"
#include "bench/cell/lane_setup.h"
#include "bench/cell/pause.h"
#include "bench/cell/plugin.h"
#include "bench/cell/proof.h"
#include "bench/cell/protocol.h"
#include "bench/cell/window.h"
#include "bench/strategy.h"

namespace handoff {

namespace {

/// A block of a random size, kept: what is allocated after it lies elsewhere in each incarnation.
std::unique_ptr<std::byte[]> jitter_heap(std::uint64_t seed) {
  constexpr std::size_t kMost = 120'000;  // of the heap, still: larger blocks are mapped elsewhere
  return std::unique_ptr<std::byte[]>(new std::byte[std::mt19937_64(seed)() % kMost + 1]);
}

class Cell {
 public:
  Cell(const OpenRequest& request, const Descriptor& descriptor, int memory_fd)
      : jitter_(jitter_heap(request.seed)),
        request_(request),
        lanes_(SharedMemory::map(memory_fd), request.workload, request.max_items,
               request.tick_source, request.delays),
        descriptor_(descriptor),
        setting_{.workload = request_.workload,
                 .cpus = request_.cpus,
                 .waiting = {.spin_ticks = request_.spin_ticks,
                             .source = request_.tick_source,
                             .sleeps = request_.workload.wait != Wait::kSpin},
                 .producers = lanes_.producers(),
                 .consumers = lanes_.consumers()},
        strategy_(make_strategy()) {
    accounting_.refresh();
  }

  OpenReply opened() const {
    return {.note = strategy_->note(),
            .unsupported = {},
            .error = {},
            .bound = !request_.cpus.empty() && !descriptor_.traits.owns_threads};
  }

  SliceReply run(const SliceRequest& slice, double parked_cpu_ns, double parked_wall_ns) {
    lanes_.arm(slice.slice, slice.items);
    const Usage before = accounting_.snapshot();
    const std::uint64_t begin = monotonic_ns();
    SliceReply reply;
    try {
      strategy_->run({request_.workload, lanes_.producers(), lanes_.consumers()});
    } catch (const std::exception& error) {
      reply.outcome = {CellVerdict::kCrashed, error.what()};
    }
    reply.whole_ns = static_cast<double>(monotonic_ns() - begin);
    const Usage after = accounting_.snapshot();
    if (reply.outcome.good()) reply.outcome = prove(lanes_, promise_of(descriptor_));
    if (!std::exchange(settled_, true)) accounting_.refresh();  // workers made by the first slice

    const Window window = timed_window(lanes_, request_.workload);
    reply.slice = slice.slice;
    reply.items = lanes_.issued();
    const TimedPart timed = timed_part(window, request_.ns_per_tick, lanes_, reply.whole_ns);
    reply.window_items = timed.items;
    reply.elapsed_ns = timed.elapsed_ns;
    reply.cpu_ns = after.cpu_ns - before.cpu_ns;
    reply.voluntary = after.voluntary - before.voluntary;
    reply.involuntary = after.involuntary - before.involuntary;
    reply.run_delay_ns = before.run_delay_ns < 0 ? -1 : after.run_delay_ns - before.run_delay_ns;
    reply.under_way = window.under_way;
    reply.slowest_share = window.slowest_share;
    reply.fastest_share = window.fastest_share;
    reply.parked_cpu_ns = parked_cpu_ns;
    reply.parked_wall_ns = parked_wall_ns;
    const std::uint64_t missed = lanes_.missed_wakeups().load(std::memory_order_relaxed);
    reply.missed_wakeups = missed - std::exchange(missed_before_, missed);
    return reply;
  }

  const Accounting& accounting() const { return accounting_; }

 private:
  std::unique_ptr<Strategy> make_strategy() {
    count_missed_wakeups_in(&lanes_.missed_wakeups());
    return descriptor_.make(setting_);
  }

  std::unique_ptr<std::byte[]> jitter_;
  OpenRequest request_;
  LaneSetup lanes_;
  const Descriptor& descriptor_;
  Setting setting_;
  std::unique_ptr<Strategy> strategy_;
  Accounting accounting_;
  bool settled_ = false;
  std::uint64_t missed_before_ = 0;  // missed wakeups that have been reported
};

const Descriptor* descriptor_of(const OpenRequest& request) {
  if (request.plugin.empty()) return find_strategy(request.strategy);
  for (const Descriptor* descriptor : load_plugin(request.plugin)) {
    if (descriptor->name == request.strategy) return descriptor;
  }
  return nullptr;
}

OpenReply open_cell(const OpenRequest& request, int memory_fd, std::optional<Cell>& cell) {
  try {
    const Descriptor* descriptor = descriptor_of(request);
    if (descriptor == nullptr) return {.error = "no strategy is named '" + request.strategy + "'"};
    const std::string why = why_unsupported(*descriptor, request.workload);
    if (!why.empty()) return {.unsupported = why};
    if (request.pauses) let_threads_be_paused();
    cell.emplace(request, *descriptor, memory_fd);
    return cell->opened();
  } catch (const std::exception& error) {
    return {.error = error.what()};
  }
}

}  // namespace

int cell_main(int control_fd, int memory_fd) {
  prctl(PR_SET_NAME, "handoff-cell");
  prepare_fences();
  LineChannel driver(control_fd);
  std::optional<Cell> cell;
  double parked_since_cpu = 0, parked_since_wall = 0;
  try {
    for (;;) {
      driver.await_input();
      const double parked_until_cpu = cell ? cell->accounting().cpu_ns() : 0;
      const auto parked_until_wall = static_cast<double>(monotonic_ns());
      const Json message = *driver.receive();
      const std::string what = message.at("do");
      if (what == "open") {
        driver.send(open_cell(OpenRequest::from(message), memory_fd, cell).to_json());
      } else if (what == "slice" && cell) {
        driver.send(cell->run(SliceRequest::from(message), parked_until_cpu - parked_since_cpu,
                              parked_until_wall - parked_since_wall)
                        .to_json());
      } else if (what == "close") {
        const CloseReply reply{cell ? cell->accounting().peak_memory_bytes() : 0};
        cell.reset();  // joins threads and reaps workers before the reply
        driver.send(reply.to_json());
        return 0;
      } else {
        return 1;
      }
      if (cell) {
        parked_since_cpu = cell->accounting().cpu_ns();
        parked_since_wall = static_cast<double>(monotonic_ns());
      }
    }
  } catch (const std::exception&) {
    return 1;  // the driver is gone; the keeper clears up
  }
}

}  // namespace handoff
