// tbb_flow_graph: a limiter_node, then a function_node of concurrency C, of oneTBB.
//
// A producer is a thread of ours that calls limiter_node::try_put from outside the graph. A
// consumer is a thread of oneTBB in a slot of the graph's own arena, which has C slots: whoever
// runs a body in slot i uses consumer lane i. So P + C threads execute; global_control allows as
// many, also beyond the CPUs. When the producers are done, the thread that waits for the graph may
// take a slot.
//
// The limiter is the bound: a body decrements it once its item is consumed. A limiter has no
// waiting and no buffer, it refuses, and the caller keeps the item: producers wait as the workload
// says, on an eventcount that bodies notify. Some refusals are not for lack of room: while the put
// of the item that a body has just finished is still under way, the limiter counts it once more.
// That can only refuse anybody where producers exceed capacity, and there each put notifies, too.
//
// Properties: bounded; allocates a task an item; not FIFO (it is with C = 1: bodies of an only lane
// run in the order of arrival; with more, tasks overtake each other). A task_scheduler_observer
// binds whoever enters the arena. oneTBB's threads look for work a little before they sleep.
// Source: oneTBB, flow graph, limiter_node and function_node.
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>
#include <oneapi/tbb/version.h>
#include <sched.h>

#include <deque>
#include <utility>

#include "bench/interface/cpu_set.h"
#include "bench/interface/crew.h"
#include "bench/interface/payloads.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

namespace flow = oneapi::tbb::flow;

/// Binds whoever enters the arena to the CPU of its slot. Workers have no other arena and stay; the
/// thread that waits for the graph is let go as it came.
class Binder final : public oneapi::tbb::task_scheduler_observer {
 public:
  /// `cpus`: of the arena's slots; empty: binds nobody.
  Binder(oneapi::tbb::task_arena& arena, std::span<const int> cpus)
      : task_scheduler_observer(arena), cpus_(cpus) {
    if (!cpus.empty()) observe(true);
  }
  ~Binder() override { observe(false); }  // waits for who is in a callback

  void on_scheduler_entry(bool is_worker) override {
    const auto slot =
        static_cast<std::size_t>(oneapi::tbb::this_task_arena::current_thread_index());
    const int cpu = cpus_[slot % cpus_.size()];
    if (!is_worker) sched_getaffinity(0, sizeof before, &before);
    if (std::exchange(bound_to, cpu) == cpu) return;
    const cpu_set_t set = only_cpu(cpu);
    sched_setaffinity(0, sizeof set, &set);
  }
  void on_scheduler_exit(bool is_worker) override {
    if (is_worker) return;
    bound_to = -1;
    sched_setaffinity(0, sizeof before, &before);
  }

 private:
  static inline thread_local cpu_set_t before;
  static inline thread_local int bound_to = -1;
  const std::span<const int> cpus_;
};

template <class Message>
class FlowGraph final : public Strategy {
 public:
  explicit FlowGraph(const Setting& setting)
      : setting_(setting),
        payloads_(setting.workload),
        not_full_(setting.waiting),
        parallelism_(oneapi::tbb::global_control::max_allowed_parallelism,
                     setting.workload.producers + setting.workload.consumers),
        arena_(static_cast<int>(setting.workload.consumers), 0),
        binder_(arena_, setting.cpus.empty() ? setting.cpus
                                             : setting.cpus.subspan(setting.workload.producers)),
        producers_(setting.workload.producers, setting.cpus,
                   [this](std::uint32_t index) { produce(index); }) {
    for (Consumer& lane : setting.consumers) readers_.emplace_back(payloads_, lane);
    arena_.initialize();
    arena_.execute([this] { nodes_.emplace(*this, setting_.workload); });
  }

  void run(const Run&) override {
    producers_.run();
    nodes_->graph.wait_for_all();
  }

  std::string note() const override {
    return "oneTBB's threads look for work a little before they sleep: some of it falls between "
           "slices";
  }

 private:
  struct Nodes {
    Nodes(FlowGraph& owner, const Workload& workload)
        : limiter(graph, workload.capacity),
          consume(graph, workload.consumers, [&](const Message& message) {
            owner.consume(message);
            return flow::continue_msg{};
          }) {
      flow::make_edge(limiter, consume);
    }
    flow::graph graph;  // attached to the arena that it is made in
    flow::limiter_node<Message> limiter;
    flow::function_node<Message> consume;
  };

  void produce(std::uint32_t index) {
    PayloadWriter<Message> writer(payloads_, setting_.producers[index]);
    flow::limiter_node<Message>& limiter = nodes_->limiter;
    const bool crowded = setting_.workload.producers > setting_.workload.capacity;
    while (const Message* message = writer.next()) {
      if (!limiter.try_put(*message)) {
        not_full_.await([&] { return limiter.try_put(*message); });
      }
      if (crowded) not_full_.notify_one();
    }
  }

  void consume(const Message& message) {
    // An arena of one has a second slot for its oddities; the node still runs one body at a time.
    const auto slot =
        static_cast<std::size_t>(oneapi::tbb::this_task_arena::current_thread_index());
    readers_[slot % readers_.size()].read(message);
    nodes_->limiter.decrementer().try_put({});
    not_full_.notify_one();
  }

  const Setting setting_;
  Payloads<Message> payloads_;
  std::deque<PayloadReader<Message>> readers_;  // each its slot's alone
  EventCount not_full_;
  oneapi::tbb::global_control parallelism_;
  oneapi::tbb::task_arena arena_;
  Binder binder_;
  std::optional<Nodes> nodes_;
  Crew producers_;
};

const Descriptor kDescriptor{
    .name = "tbb_flow_graph",
    .summary = "oneTBB limiter_node and function_node of concurrency C in an arena of its own",
    .source = "oneTBB, flow graph",
    .family = Family::kFlowGraph,
    .carrier = Carrier::kRuntime,
    .structure = "node buffer",
    .origin = "oneTBB " TBB_VERSION_STRING,
    .traits = {.bounded = true, .allocates = true, .waits_itself = true},
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return with_message(setting.workload, [&]<class M>(std::type_identity<M>) {
        return std::unique_ptr<Strategy>(std::make_unique<FlowGraph<M>>(setting));
      });
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
