#include "bench/interface/crew.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <system_error>
#include <vector>

#include "bench/interface/clock.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

TEST(Crew, LetsEveryMemberWorkExactlyOnceATurn) {
  const int turns = testing::kSanitized ? 1000 : 10'000;
  for (const std::uint32_t size : {1U, 2U, 7U}) {
    std::vector<int> worked(size, 0);  // plain: run() must order members and caller
    int turn = 0;
    Crew crew(size, {}, [&](std::uint32_t member) { worked[member] += turn; });
    long expected = 0;
    for (turn = 1; turn <= turns; ++turn) {
      crew.run();
      expected += turn;
      for (const int sum : worked) ASSERT_EQ(sum, expected) << "turn " << turn;
    }
  }
}

TEST(Crew, OfManyMembersTurnsToo) {
  constexpr std::uint32_t kSize = 200;
  std::vector<int> worked(kSize, 0);
  Crew crew(kSize, {}, [&](std::uint32_t member) { ++worked[member]; });
  for (int turn = 1; turn <= 50; ++turn) {
    crew.run();
    ASSERT_EQ(std::count(worked.begin(), worked.end(), turn), kSize);
  }
}

TEST(Crew, MayBeDismissedWithoutEverHavingWorked) {
  for (int i = 0; i < 100; ++i) {
    bool worked = false;
    {
      Crew crew(3, {}, [&](std::uint32_t) { worked = true; });
    }
    EXPECT_FALSE(worked);
  }
}

TEST(Crew, BindsItsMembersToTheCpusGiven) {
  cpu_set_t allowed;
  ASSERT_EQ(sched_getaffinity(0, sizeof allowed, &allowed), 0);
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE && cpus.size() < 2; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) cpus.push_back(cpu);
  }
  std::vector<int> ran_on(5, -1);
  Crew crew(5, cpus, [&](std::uint32_t member) { ran_on[member] = sched_getcpu(); });
  crew.run();
  crew.run();  // in the second turn each has been moved
  for (std::size_t i = 0; i < ran_on.size(); ++i) EXPECT_EQ(ran_on[i], cpus[i % cpus.size()]);
}

TEST(Crew, SaysWhichCpuItCannotBindTo) {
  const std::vector<int> cpus{1023};
  try {
    Crew crew(2, cpus, [](std::uint32_t) {});
    GTEST_SKIP() << "this machine has a CPU 1023";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("CPU 1023"), std::string::npos) << error.what();
  }
}

TEST(Crew, BurnsNoCpuBetweenTurns) {
  Crew crew(8, {}, [](std::uint32_t) {});
  crew.run();
  usleep(10'000);
  timespec before{}, after{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  usleep(100'000);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  const double burned_ms = static_cast<double>(after.tv_sec - before.tv_sec) * 1e3 +
                           static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e6;
  EXPECT_LT(burned_ms, 10);  // of 800 if its members spun
}

}  // namespace
}  // namespace handoff
