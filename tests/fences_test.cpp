// The fences of a wait: neither side misses the other, whatever happened in the process before.
#include "bench/interface/fences.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <new>
#include <thread>

#include "bench/interface/shared_memory.h"
#include "tests/litmus/store_buffering.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using litmus::misses;
using litmus::two_cpus;
using testing::set_fences;

class FenceLitmus : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kRounds = 100'000;

  /// Whether the litmus shows here what happens without fences.
  void SetUp() override {
    if (cpus_.publisher == cpus_.sleeper) GTEST_SKIP() << "one CPU sees its own stores in order";
    if (testing::kSanitized) GTEST_SKIP() << "instrumented accesses are not those of the litmus";
    if (misses(kRounds, cpus_, litmus::no_fence, full_fence) == 0) {
      GTEST_SKIP() << "this machine does not show a missing fence within " << kRounds << " rounds";
    }
  }
  const litmus::Cpus cpus_ = two_cpus();
};

TEST_F(FenceLitmus, BetweenThreadsOneSideSeesTheOther) {
  for (const bool asymmetric : {true, false}) {
    set_fences(asymmetric);
    EXPECT_EQ(misses(kRounds, cpus_, BetweenThreads::light_fence, BetweenThreads::heavy_fence), 0U)
        << "asymmetric: " << asymmetric;
  }
}

/// After a thread has ended on a CPU, Linux takes the threads of its process that run there next
/// for unregistered ones, in MEMBARRIER_CMD_GLOBAL_EXPEDITED.
TEST_F(FenceLitmus, BetweenThreadsOneSideSeesTheOtherAfterAThreadHasEndedBesideIt) {
  set_fences(true);
  const auto end_a_thread = [this] {
    std::thread([this] { litmus::bind_this_thread(cpus_.publisher); }).join();
  };
  EXPECT_EQ(misses(kRounds, cpus_, BetweenThreads::light_fence, BetweenThreads::heavy_fence,
                   end_a_thread),
            0U);
}

TEST_F(FenceLitmus, BetweenProcessesOneSideSeesTheOther) {
  const SharedMemory memory = SharedMemory::create(sizeof(litmus::Sides));
  auto& sides = *new (memory.data()) litmus::Sides;
  const pid_t child = fork();
  if (child == 0) {
    litmus::bind_this_thread(cpus_.publisher);
    for (std::uint32_t i = 1; sides.publish(i, BetweenProcesses::light_fence); ++i) {
    }
    _exit(0);
  }
  std::uint32_t missed = 0;
  std::thread([&] {
    litmus::bind_this_thread(cpus_.sleeper);
    for (std::uint32_t i = 1; i <= kRounds; ++i) {
      missed += sides.both_miss(i, BetweenProcesses::heavy_fence) ? 1 : 0;
    }
  }).join();
  sides.stop();
  waitpid(child, nullptr, 0);
  EXPECT_EQ(missed, 0U);
}

/// From now on membarrier fails in this process. False where seccomp is not allowed.
bool forbid_membarrier() {
  sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{sizeof rules / sizeof *rules, rules};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

constexpr int kNotAllowed = 99;

/// The exit status of a child that runs `work`.
template <class Work>
int status_of(Work work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(FencesWithoutMembarrier, LightOnesAreFull) {
  const int status = status_of([] {
    if (!forbid_membarrier()) return kNotAllowed;
    prepare_fences();
    return light_fences_are_free() ? 1 : 0;
  });
  if (status == kNotAllowed) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(FencesWithoutMembarrier, LightOnesAreFullOnceAHeavyOneHasFailed) {
  const int status = status_of([] {
    prepare_fences();
    if (!light_fences_are_free()) return kNotAllowed;
    if (!forbid_membarrier()) return kNotAllowed;
    BetweenThreads::heavy_fence();
    return light_fences_are_free() ? 1 : 0;
  });
  if (status == kNotAllowed) GTEST_SKIP() << "no seccomp or no membarrier here";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace handoff
