// What surrounds the slices of a cell: where its memory lies, what a stopped driver makes of it,
// and what is left when the driver is gone.
#include <gtest/gtest.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "bench/machine/process_tree.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::ends;
using testing::eventually;
using testing::kItems;
using testing::kNeverCut;
using testing::kTimeout;
using testing::open_request;

struct Addresses {
  std::string heap, stack;
};

/// Where the memory of an incarnation with this seed lies, the kernel's own randomness off; empty
/// where that cannot be had.
std::optional<Addresses> addresses_of(std::uint64_t seed) {
  const int before = personality(0xffffffff);
  if (personality(static_cast<unsigned>(before) | ADDR_NO_RANDOMIZE) < 0) return std::nullopt;
  OpenRequest request = open_request("broken_tells_addresses", {.payload = 8});
  request.seed = seed;
  CellProcess cell(request, kTimeout);
  const CellOutcome opened = cell.opened();
  personality(static_cast<unsigned>(before));
  EXPECT_TRUE(opened.good()) << opened.reason;
  Addresses found;
  std::istringstream(cell.note()) >> found.heap >> found.stack;
  return found;
}

TEST(CellProcess, MovesHeapAndStackWithItsSeed) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's allocator places blocks its own way";
  const auto first = addresses_of(1001), again = addresses_of(1001), other = addresses_of(3003);
  if (!first) GTEST_SKIP() << "addresses are always random here";
  ASSERT_EQ(first->heap, again->heap) << "the same seed, the same layout";
  ASSERT_EQ(first->stack, again->stack);
  EXPECT_NE(first->heap, other->heap);
  EXPECT_NE(first->stack, other->stack);
}

/// A cut slice that is too short to be timed counts as a whole: a stall must not go uncounted.
TEST(CellProcess, CountsACutSliceWithoutAWindowAsAWhole) {
  OpenRequest request = open_request("broken_takes_long", {.payload = 8});
  CellProcess cell(request, kTimeout);
  ASSERT_TRUE(cell.opened().good());
  const SliceReply reply = cell.slice(1, 2, 0.0);  // drawn one by one
  ASSERT_TRUE(reply.outcome.good()) << reply.outcome.reason;
  ASSERT_GE(reply.items, 1U) << "one was under way";
  EXPECT_EQ(reply.window_items, static_cast<double>(reply.items));
  EXPECT_EQ(reply.elapsed_ns, reply.whole_ns);
}

/// Runs `drive` in a process of its own, a driver. It may write to the pipe that it is given.
template <class Drive>
class DriverProcess {
 public:
  explicit DriverProcess(Drive drive) {
    EXPECT_EQ(pipe(told_), 0);
    pid_ = fork();
    if (pid_ == 0) _exit(drive(told_[1]));
    close(told_[1]);
  }
  DriverProcess(const DriverProcess&) = delete;
  DriverProcess& operator=(const DriverProcess&) = delete;
  ~DriverProcess() { close(told_[0]); }

  pid_t pid() const { return pid_; }
  void await_word() const {
    char token = 0;
    EXPECT_EQ(read(told_[0], &token, 1), 1);
  }
  int exit_status() const {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  int told_[2] = {-1, -1};
  pid_t pid_ = -1;
};

/// The machine is suspended for longer than the timeout: driver and cell have seen nothing of it,
/// and the driver wakes first.
TEST(CellProcess, IsNotHungForADriverThatWasStoppedItself) {
  const DriverProcess driver([](int told) {
    CellProcess cell(open_request("broken_takes_long", {.payload = 8}), 1.0);
    if (!cell.opened().good() || write(told, "x", 1) != 1) return 1;
    return cell.slice(1, 6, kNeverCut).outcome.good() ? 0 : 2;
  });
  driver.await_word();
  usleep(100'000);  // into the slice
  std::vector<pid_t> cell = descendants(driver.pid());
  kill(driver.pid(), SIGSTOP);
  for (const pid_t pid : cell) kill(pid, SIGSTOP);
  usleep(1'500'000);
  kill(driver.pid(), SIGCONT);
  usleep(300'000);
  for (const pid_t pid : cell) kill(pid, SIGCONT);
  EXPECT_EQ(driver.exit_status(), 0) << "2: it was judged hung";
}

TEST(Keeper, KillsWhatTheCellLeftBehindWhenTheDriverIsGone) {
  const DriverProcess driver([](int told) {
    CellProcess cell(open_request("broken_abandons_grandchild", {}), kTimeout);
    if (!cell.opened().good()) return 1;
    for (std::uint32_t slice = 1; slice <= 3; ++slice) cell.slice(slice, kItems, kNeverCut);
    if (write(told, "x", 1) != 1) return 1;
    for (;;) pause();
  });
  driver.await_word();
  const std::vector<pid_t> below = descendants(driver.pid());
  EXPECT_GE(below.size(), 3U) << "keeper, cell, and what it abandoned";
  kill(driver.pid(), SIGKILL);
  for (const pid_t pid : below) EXPECT_TRUE(ends(pid)) << "process " << pid << " lives on";
  for (const pid_t pid : below) kill(pid, SIGKILL);
  driver.exit_status();
}

}  // namespace
}  // namespace handoff
