#include "bench/cell/accounting.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <vector>

#include "bench/interface/shared_memory.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

constexpr double kBurnNs = 100e6;
constexpr int kNaps = 100;

double own_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// What is to be found: CPU time, and context switches of a process that gives up its CPU.
void burn_and_nap() {
  const double end = own_cpu_ns() + kBurnNs;
  while (own_cpu_ns() < end) {
  }
  for (int i = 0; i < kNaps; ++i) usleep(10);
}

/// Counted twice would be twice as much. A nap is no switch where its time is up before the kernel
/// gets to it, as on a machine that others hold up: some are missing then.
void expect_counted_once(const Usage& before, const Usage& after) {
  EXPECT_GE(after.cpu_ns - before.cpu_ns, 0.95 * kBurnNs);
  EXPECT_LE(after.cpu_ns - before.cpu_ns, 1.8 * kBurnNs);
  EXPECT_GE(after.voluntary - before.voluntary, 0.6 * kNaps);
  EXPECT_LE(after.voluntary - before.voluntary, 1.8 * kNaps);
}

TEST(Accounting, CountsAChildThatCameAndWentOnce) {
  Accounting accounting;
  accounting.refresh();
  const Usage before = accounting.snapshot();
  const pid_t child = fork();
  if (child == 0) {
    burn_and_nap();
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  expect_counted_once(before, accounting.snapshot());
}

TEST(Accounting, CountsAKnownChildOnceWhetherItLivesOrIsReaped) {
  int go[2], done[2];
  ASSERT_EQ(pipe(go), 0);
  ASSERT_EQ(pipe(done), 0);
  char token = 'x';
  const pid_t child = fork();
  if (child == 0) {
    for (int i = 0; i < 3; ++i) {  // once before it is known, once while it is, once before it ends
      if (read(go[0], &token, 1) != 1) _exit(1);
      burn_and_nap();
      if (write(done[1], &token, 1) != 1) _exit(1);
    }
    _exit(0);
  }
  const auto let_work = [&] {
    EXPECT_EQ(write(go[1], &token, 1), 1);
    EXPECT_EQ(read(done[0], &token, 1), 1);
  };
  let_work();
  Accounting accounting;
  accounting.refresh();
  const Usage known = accounting.snapshot();
  let_work();
  const Usage alive = accounting.snapshot();
  expect_counted_once(known, alive);
  let_work();
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  expect_counted_once(alive, accounting.snapshot());
  for (const int fd : {go[0], go[1], done[0], done[1]}) close(fd);
}

TEST(Accounting, CountsMemorySharedWithADescendantOnce) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's shadow of it is resident, too";
  constexpr std::size_t kBytes = 64 << 20;
  const SharedMemory shared = SharedMemory::create(kBytes);
  shared.populate();
  int ready[2], go[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(go), 0);
  char token = 'x';
  const pid_t child = fork();
  if (child == 0) {
    shared.populate();
    if (write(ready[1], &token, 1) != 1 || read(go[0], &token, 1) != 1) _exit(1);
    _exit(0);
  }
  EXPECT_EQ(read(ready[0], &token, 1), 1);
  Accounting accounting;
  accounting.refresh();
  EXPECT_GT(accounting.peak_memory_bytes(), kBytes);
  EXPECT_LT(accounting.peak_memory_bytes(), 1.8 * kBytes);
  EXPECT_EQ(write(go[1], &token, 1), 1);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  for (const int fd : {ready[0], ready[1], go[0], go[1]}) close(fd);
}

/// A child that has filled `bytes` of memory of its own, and lives until it is ended.
class LargeChild {
 public:
  explicit LargeChild(std::size_t bytes) {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    pid_ = fork();
    if (pid_ == 0) {
      const std::vector<char> own(bytes, 'x');
      // Written from the memory itself, so that it is not optimised away.
      if (write(ready[1], &own[bytes / 2], 1) != 1) _exit(1);
      for (;;) pause();
    }
    char token = '\0';
    EXPECT_EQ(read(ready[0], &token, 1), 1);
    for (const int fd : ready) close(fd);
  }
  LargeChild(const LargeChild&) = delete;
  LargeChild& operator=(const LargeChild&) = delete;
  ~LargeChild() { end(); }
  /// Kills and reaps it.
  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    EXPECT_EQ(waitpid(pid_, nullptr, 0), pid_);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

TEST(Accounting, CountsTheMemoryOfEachDescendant) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's shadow of it is resident, too";
  constexpr std::size_t kBytes = 64 << 20;
  Accounting accounting;
  accounting.refresh();
  const double alone = accounting.peak_memory_bytes();
  const LargeChild one(kBytes), another(kBytes);
  accounting.refresh();
  EXPECT_GT(accounting.peak_memory_bytes(), alone + 1.9 * kBytes);
}

TEST(Accounting, CountsTheMemoryOfTheLargestDescendantThatWasReaped) {
  if (testing::kSanitized) GTEST_SKIP() << "a sanitizer's shadow of it is resident, too";
  rusage reaped{};
  getrusage(RUSAGE_CHILDREN, &reaped);  // by tests before
  constexpr std::size_t kBytes = 64 << 20;
  Accounting accounting;
  accounting.refresh();
  const double before = accounting.peak_memory_bytes();
  LargeChild(static_cast<std::size_t>(reaped.ru_maxrss) * 1024 + kBytes).end();
  EXPECT_GT(accounting.peak_memory_bytes(), before + 0.9 * kBytes);
}

}  // namespace
}  // namespace handoff
