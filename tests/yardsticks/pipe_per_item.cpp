// pipe_per_item: a worker process at the end of a pipe, one write(2) and one read(2) for each item.
// What a program without shared memory pays; for docs/performance.md.
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "bench/interface/workers.h"
#include "bench/strategy.h"

namespace handoff {
namespace {

constexpr std::uint32_t kPipeHolds = 1024;  // items of 64 bytes: 64 KiB, as pipes come

class Pipe {
 public:
  Pipe() {
    if (pipe(ends_.data()) != 0) throw std::runtime_error("cannot make a pipe");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reading();
    close(ends_[1]);
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_reading() { close(std::exchange(ends_[0], -1)); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

class PipePerItem final : public Strategy {
 public:
  explicit PipePerItem(const Setting& setting)
      : producer_(setting.producers[0]),
        consumer_(setting.consumers[0]),
        workers_(1, setting.cpus.empty() ? setting.cpus : setting.cpus.subspan(1),
                 {.work = [this](std::uint32_t) { consume(); },
                  .broken = [] {},
                  .kept = {pipe_.reading()}}),
        crew_(1, setting.cpus, [this](std::uint32_t) { produce(); }) {
    pipe_.close_reading();  // the worker's alone: without it, writing ends this process (SIGPIPE)
  }

  void run(const Run&) override {
    workers_.start();
    crew_.run();
    workers_.finish();
  }

 private:
  using Message = Value<64>;
  static constexpr char kEnd = 'e';  // a single byte: no item has that size

  void produce() {
    auto& message = producer_.own<Message>();
    while (producer_.next(message)) put(message.bytes.data(), sizeof message);
    put(&kEnd, 1);
  }
  void put(const void* at, std::size_t size) {
    while (write(pipe_.writing(), at, size) < 0) {
    }
  }
  void consume() {
    auto& message = consumer_.own<Message>();
    while (read(pipe_.reading(), message.bytes.data(), sizeof message) == sizeof message) {
      consumer_.accept(message);
    }
  }

  Pipe pipe_;
  Producer& producer_;
  Consumer& consumer_;
  Workers workers_;
  Crew crew_;
};

const Descriptor kDescriptor{
    .name = "pipe_per_item",
    .summary = "yardstick: a worker process, one write and one read of a pipe for each item",
    .source = "tests/yardsticks",
    .family = Family::kProcessPool,
    .carrier = Carrier::kProcesses,
    .structure = "pipe",
    .origin = kOwnOrigin,
    .traits = {.fifo = true, .bounded = true, .blocking = true, .cross_process = true},
    .unsupported = [](const Workload& workload) -> std::string {
      if (workload.producers == 1 && workload.consumers == 1 && workload.payload == 64 &&
          workload.capacity == kPipeHolds) {
        return {};
      }
      return "a yardstick for 1 producer, 1 consumer, 64 bytes, capacity 1024";
    },
    .make = [](const Setting& setting) -> std::unique_ptr<Strategy> {
      return std::make_unique<PipePerItem>(setting);
    },
};
HANDOFF_STRATEGY(kDescriptor);

}  // namespace
}  // namespace handoff
