#include "bench/interface/workers.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <functional>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "bench/machine/process_tree.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::ends;

/// Words that workers write and the test reads.
class Words {
 public:
  explicit Words(std::uint32_t count)
      : memory_(SharedMemory::create(count * sizeof(std::atomic<std::int64_t>))) {
    for (std::uint32_t i = 0; i < count; ++i) new (&(*this)[i]) std::atomic<std::int64_t>(0);
  }
  std::atomic<std::int64_t>& operator[](std::uint32_t i) const {
    return reinterpret_cast<std::atomic<std::int64_t>*>(memory_.data())[i];
  }

 private:
  SharedMemory memory_;
};

Workers::Job job(std::function<void(std::uint32_t)> work) {
  return {.work = std::move(work), .broken = [] {}, .kept = {}};
}

void turn(Workers& workers) {
  workers.start();
  workers.finish();
}

std::string words_of(const std::function<void()>& throwing) {
  try {
    throwing();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(Workers, EachWorkExactlyOnceATurn) {
  for (const std::uint32_t size : {1U, 2U, 7U}) {
    const Words worked(size);
    Workers workers(size, {}, job([&](std::uint32_t worker) { ++worked[worker]; }));
    for (int i = 1; i <= 500; ++i) {
      turn(workers);
      for (std::uint32_t w = 0; w < size; ++w) ASSERT_EQ(worked[w], i);
    }
  }
}

TEST(Workers, MayBeDismissedWithoutEverHavingWorkedAndAreReaped) {
  for (int i = 0; i < 20; ++i) Workers workers(3, {}, job([](std::uint32_t) {}));
  EXPECT_TRUE(descendants(getpid()).empty());
}

TEST(Workers, OfWhomOneIsKilledAtWorkBreakAllAndSayWhich) {
  std::atomic<int> broken{0};
  Workers workers(3, {},
                  {.work =
                       [](std::uint32_t worker) {
                         if (worker == 1) raise(SIGKILL);
                         pause();
                       },
                   .broken = [&] { ++broken; },
                   .kept = {}});
  const std::vector<pid_t> pids = descendants(getpid());
  workers.start();
  EXPECT_EQ(words_of([&] { workers.finish(); }),
            "worker process 1 of 3: killed by SIGKILL (Killed)");
  EXPECT_EQ(broken, 1);
  for (const pid_t pid : pids) EXPECT_TRUE(ends(pid));
  EXPECT_EQ(words_of([&] { workers.start(); }),
            "worker process 1 of 3: killed by SIGKILL (Killed)");
}

TEST(Workers, OfWhomOneExitsSayItsStatus) {
  Workers workers(1, {}, job([](std::uint32_t) { _exit(3); }));
  workers.start();
  EXPECT_EQ(words_of([&] { workers.finish(); }), "worker process 0 of 1: exited with status 3");
}

TEST(Workers, OfWhomOneIsKilledBetweenTurnsDoNotStartAgain) {
  std::atomic<bool> broken{false};
  Workers workers(2, {}, {[](std::uint32_t) {}, [&] { broken = true; }, {}});
  turn(workers);
  kill(descendants(getpid()).at(0), SIGKILL);
  EXPECT_TRUE(testing::eventually([&] { return broken.load(); }));
  EXPECT_NE(words_of([&] { turn(workers); }).find("killed by SIGKILL"), std::string::npos);
}

TEST(Workers, ThatAreStoppedAreWaitedFor) {
  const Words worked(2);
  Workers workers(2, {}, job([&](std::uint32_t worker) { ++worked[worker]; }));
  const pid_t stopped = descendants(getpid()).at(0);
  kill(stopped, SIGSTOP);
  ASSERT_TRUE(testing::eventually([&] { return testing::process_state(stopped) == 'T'; }));
  workers.start();
  usleep(20'000);
  kill(stopped, SIGCONT);
  workers.finish();
  EXPECT_EQ(worked[0] + worked[1], 2);
}

TEST(Workers, MayBeDismissedWhileTheyAreStopped) {
  Workers workers(2, {}, job([](std::uint32_t) {}));
  for (const pid_t pid : descendants(getpid())) kill(pid, SIGSTOP);
}

TEST(Workers, LeaveOtherChildrenOfTheProcessAlone) {
  const pid_t other = fork();
  if (other == 0) _exit(7);
  ASSERT_TRUE(ends(other));
  {
    Workers workers(2, {}, job([](std::uint32_t) { _exit(1); }));
    workers.start();
    EXPECT_NE(words_of([&] { workers.finish(); }), "");
  }
  int status = 0;
  EXPECT_EQ(waitpid(other, &status, 0), other);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Workers, KeepNoDescriptorButThoseTheyAreLeft) {
  int ends_of_pipe[2];
  ASSERT_EQ(pipe(ends_of_pipe), 0);
  const Words open(1);
  const auto count = [&](std::uint32_t) {
    for (int fd = 3; fd < 1024; ++fd) open[0] += fcntl(fd, F_GETFD) >= 0 ? fd : 0;
  };
  Workers workers(1, {}, {count, [] {}, {ends_of_pipe[1]}});
  turn(workers);
  EXPECT_EQ(open[0], ends_of_pipe[1]);
  for (const int fd : ends_of_pipe) close(fd);
}

TEST(Workers, RunWhereTheyAreBound) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE && cpus.size() < 2; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) cpus.push_back(cpu);
  }
  const Words ran_on(5);
  Workers workers(5, cpus, job([&](std::uint32_t worker) { ran_on[worker] = sched_getcpu(); }));
  turn(workers);
  for (std::uint32_t i = 0; i < 5; ++i) EXPECT_EQ(ran_on[i], cpus[i % cpus.size()]);
}

TEST(Workers, SayWhichCpuTheyCannotBeBoundTo) {
  const std::vector<int> cpus{1023};
  try {
    Workers workers(2, cpus, job([](std::uint32_t) {}));
    GTEST_SKIP() << "this machine has a CPU 1023";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("CPU 1023"), std::string::npos) << error.what();
  }
  EXPECT_TRUE(descendants(getpid()).empty());
}

TEST(Workers, DieWithTheProcessThatMadeThem) {
  int ends_of_pipe[2];
  ASSERT_EQ(pipe(ends_of_pipe), 0);
  const pid_t maker = fork();
  if (maker == 0) {
    Workers workers(3, {}, job([](std::uint32_t) { pause(); }));
    workers.start();
    EXPECT_EQ(write(ends_of_pipe[1], "x", 1), 1);
    for (;;) pause();
  }
  char made;
  ASSERT_EQ(read(ends_of_pipe[0], &made, 1), 1);
  const std::vector<pid_t> pids = descendants(maker);
  EXPECT_EQ(pids.size(), 3U);
  kill(maker, SIGKILL);
  waitpid(maker, nullptr, 0);
  for (const pid_t pid : pids) EXPECT_TRUE(ends(pid));
  for (const int fd : ends_of_pipe) close(fd);
}

}  // namespace
}  // namespace handoff
