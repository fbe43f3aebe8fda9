#include "bench/cell/keeper.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "bench/machine/process_tree.h"
#include "tests/cell_process_fixture.h"

namespace handoff {
namespace {

using testing::eventually;
using testing::has_ended;
using testing::kNeverCut;
using testing::kTimeout;
using testing::open_request;

/// A driver in a process of its own, with a cell that has run three slices and waits.
class DriverApart {
 public:
  explicit DriverApart(const std::string& strategy) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    driver_ = fork();
    if (driver_ == 0) {
      CellProcess cell(open_request(strategy, {}), kTimeout);
      bool good = cell.opened().good();
      for (std::uint32_t slice = 1; good && slice <= 3; ++slice) {
        good = cell.slice(slice, testing::kItems, kNeverCut).outcome.good();
      }
      if (::write(ready[1], good ? "y" : "n", 1) != 1) _exit(1);
      for (;;) pause();
    }
    char good = 'n';
    EXPECT_EQ(::read(ready[0], &good, 1), 1);
    EXPECT_EQ(good, 'y') << "the cell did not run";
    for (const int fd : ready) close(fd);
    below_ = descendants(driver_);
  }
  DriverApart(const DriverApart&) = delete;
  DriverApart& operator=(const DriverApart&) = delete;
  ~DriverApart() {  // also if the keeper does not do its work
    end();
    for (const pid_t pid : below_) {
      if (!has_ended(pid)) kill(pid, SIGKILL);
    }
  }

  /// Kills the driver, which has no time to clear up.
  void end() {
    if (driver_ <= 0) return;
    kill(driver_, SIGKILL);
    EXPECT_EQ(waitpid(driver_, nullptr, 0), driver_);
    driver_ = -1;
  }
  /// Its keeper and all below that, as they were before the end.
  const std::vector<pid_t>& below() const { return below_; }

 private:
  pid_t driver_ = -1;
  std::vector<pid_t> below_;
};

TEST(Keeper, KillsTheCellAndWhatItAbandonedWhenTheDriverIsKilled) {
  DriverApart driver("broken_abandons_grandchild");
  EXPECT_EQ(driver.below().size(), 3U) << "keeper, cell, and what the cell has abandoned";
  driver.end();
  EXPECT_TRUE(eventually(
      [&] { return std::all_of(driver.below().begin(), driver.below().end(), has_ended); }));
}

}  // namespace
}  // namespace handoff
