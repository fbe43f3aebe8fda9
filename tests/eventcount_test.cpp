#include "bench/interface/eventcount.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <concepts>
#include <csignal>
#include <cstddef>
#include <functional>
#include <new>
#include <random>
#include <thread>
#include <tuple>
#include <vector>

#include "bench/interface/shared_memory.h"
#include "bench/interface/waiting_channel.h"
#include "tests/strategy_test_support.h"

namespace handoff {
namespace {

using testing::set_fences;

/// A bounded queue without any waiting of its own, for shared memory.
class SpinQueue {
 public:
  explicit SpinQueue(std::uint32_t capacity) : capacity_(capacity) {}
  bool try_push(const std::uint32_t& item) {
    const Guard guard(locked_);
    if (count_ == capacity_) return false;
    items_[(first_ + count_++) % 4] = item;
    return true;
  }
  bool try_pop(std::uint32_t& item) {
    const Guard guard(locked_);
    if (count_ == 0) return false;
    item = items_[first_];
    first_ = (first_ + 1) % 4;
    --count_;
    return true;
  }

 private:
  struct Guard {
    explicit Guard(std::atomic<bool>& it) : locked(it) {
      while (locked.exchange(true, std::memory_order_acquire)) sched_yield();
    }
    ~Guard() { locked.store(false, std::memory_order_release); }
    std::atomic<bool>& locked;
  };
  std::atomic<bool> locked_{false};
  const std::uint32_t capacity_;
  std::uint32_t items_[4] = {}, first_ = 0, count_ = 0;
};

template <class Between>
struct Shared {
  explicit Shared(const Setting& setting) : channel(setting) {}
  WaitingChannel<std::uint32_t, SpinQueue, Between> channel;
  std::atomic<std::uint64_t> popped{0}, sum{0}, missed_wakeups{0};
  std::atomic<std::uint32_t> producing{0};
};

void delay(std::mt19937& random) {
  switch (random() % 64) {
    case 0:
      usleep(random() % 100);
      break;
    case 1:
      sched_yield();
      break;
    case 2:
    case 3:
    case 4:
      for (std::uint32_t i = random() % 2000; i > 0; --i) relax_cpu();
      break;
    default:
      break;
  }
}

template <class Between>
void produce(Shared<Between>& shared, std::uint32_t items, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (std::uint32_t i = 1; i <= items; ++i) {
    delay(random);
    shared.channel.push(i);
  }
  if (shared.producing.fetch_sub(1) == 1) shared.channel.close();
}

template <class Between>
void consume(Shared<Between>& shared, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (std::uint32_t item = 0; shared.channel.pop(item);) {
    shared.popped.fetch_add(1);
    shared.sum.fetch_add(item);
    delay(random);
  }
}

/// Whether `child` ends with status 0 while `moved` keeps moving; kills it when nothing moves any
/// more for 20 s: then a wakeup was lost.
bool ends_well(pid_t child, const std::function<std::uint64_t()>& moved) {
  std::uint64_t before = moved();
  for (int quiet_ms = 0; quiet_ms < 20'000; ++quiet_ms) {
    int status = 0;
    if (waitpid(child, &status, WNOHANG) == child) return WIFEXITED(status) && status == 0;
    if (const std::uint64_t now = moved(); now != before) {
      before = now;
      quiet_ms = 0;
    }
    usleep(1000);
  }
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  ADD_FAILURE() << "everybody sleeps after " << before << " items";
  return false;
}

enum class Workers { kThreads, kTormentedThreads, kProcesses };
enum class Fences { kAsymmetric, kFull, kShared };  // kShared: of an eventcount between processes

struct Case {
  std::uint32_t capacity;
  Waiting waiting;
  Fences fences;
  Workers workers;
};

std::atomic<std::uint32_t> torments{0};

/// Wherever it hits, the thread loses its CPU: also between counting itself in and sleeping.
void lose_the_cpu(int /*signal*/) {
  const timespec pause{0, static_cast<long>(torments.fetch_add(1) % 8) * 20'000};
  nanosleep(&pause, nullptr);
}

void torment(std::vector<std::thread>& threads, const std::atomic<bool>& over) {
  std::mt19937 random(11);
  while (!over.load()) {
    pthread_kill(threads[random() % threads.size()].native_handle(), SIGUSR1);
    for (std::uint32_t i = random() % 3000; i > 0; --i) relax_cpu();
  }
}

template <class Between>
void work_in_threads(Shared<Between>& shared, std::uint32_t pairs, std::uint32_t items,
                     bool tormented) {
  struct sigaction action {};
  action.sa_handler = lose_the_cpu;
  action.sa_flags = SA_RESTART;  // who sleeps goes on sleeping: no wakeup comes from here
  sigaction(SIGUSR1, &action, nullptr);
  std::vector<std::thread> threads;
  std::atomic<std::uint32_t> done{0};
  std::atomic<bool> over{false};
  for (std::uint32_t i = 0; i < pairs; ++i) {
    threads.emplace_back([&shared, &done, items, i] {
      produce(shared, items, i);
      ++done;
    });
    threads.emplace_back([&shared, &done, i] {
      consume(shared, 100 + i);
      ++done;
    });
  }
  std::thread tormentor;
  if (tormented) tormentor = std::thread([&] { torment(threads, over); });
  while (done.load() != threads.size()) usleep(1000);
  over = true;
  if (tormentor.joinable()) tormentor.join();
  for (std::thread& thread : threads) thread.join();
}

void work_in_processes(Shared<BetweenProcesses>& shared, std::uint32_t pairs, std::uint32_t items) {
  for (std::uint32_t i = 0; i < 2 * pairs; ++i) {
    if (fork() != 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    i % 2 == 0 ? produce(shared, items, i) : consume(shared, 100 + i);
    _exit(0);
  }
  for (std::uint32_t i = 0; i < 2 * pairs; ++i) {
    int status = 0;
    wait(&status);
    if (status != 0) _exit(1);
  }
}

class EventCountStress : public ::testing::TestWithParam<Case> {};

template <class Between>
void expect_every_item(const Case& stress) {
  const std::uint32_t pairs = 4, items = testing::kSanitized ? 1500 : 8000;
  const Workload workload{.payload = 8, .capacity = stress.capacity};
  const Setting setting{.workload = workload, .waiting = stress.waiting};
  const SharedMemory memory = SharedMemory::create(sizeof(Shared<Between>));
  Shared<Between>& shared = *new (memory.data()) Shared<Between>(setting);
  shared.producing = pairs;

  const pid_t child = fork();
  if (child == 0) {
    set_fences(stress.fences == Fences::kAsymmetric);
    count_missed_wakeups_in(&shared.missed_wakeups);
    if constexpr (std::same_as<Between, BetweenProcesses>) {
      if (stress.workers == Workers::kProcesses) work_in_processes(shared, pairs, items);
    }
    if (stress.workers != Workers::kProcesses) {
      work_in_threads(shared, pairs, items, stress.workers == Workers::kTormentedThreads);
    }
    std::exit(0);  // not _exit: a sanitizer reports at the end
  }
  EXPECT_TRUE(ends_well(child, [&] { return shared.popped.load(); }));
  EXPECT_EQ(shared.popped.load(), std::uint64_t{pairs} * items);
  EXPECT_EQ(shared.sum.load(), std::uint64_t{pairs} * items * (items + 1) / 2);
  EXPECT_EQ(shared.missed_wakeups.load(), 0U);
}

TEST_P(EventCountStress, NoWakeupIsLostAndEveryItemArrives) {
  GetParam().fences == Fences::kShared ? expect_every_item<BetweenProcesses>(GetParam())
                                       : expect_every_item<BetweenThreads>(GetParam());
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const std::uint32_t capacity : {1U, 2U, 3U}) {
    for (const Workers workers : {Workers::kThreads, Workers::kTormentedThreads}) {
      for (const Fences fences : {Fences::kAsymmetric, Fences::kFull, Fences::kShared}) {
        all.push_back(
            {capacity, capacity == 2 ? testing::kSpinning : testing::kBlocking, fences, workers});
      }
    }
    all.push_back({capacity, capacity == 2 ? testing::kSpinning : testing::kBlocking,
                   Fences::kShared, Workers::kProcesses});
  }
  return all;
}

std::string case_name(const ::testing::TestParamInfo<Case>& info) {
  static const char* const workers[] = {"Threads", "TormentedThreads", "Processes"};
  static const char* const fences[] = {"AsymmetricFences", "FullFences", "SharedEventCount"};
  return std::string(workers[static_cast<int>(info.param.workers)]) +
         fences[static_cast<int>(info.param.fences)] + "Capacity" +
         std::to_string(info.param.capacity);
}

INSTANTIATE_TEST_SUITE_P(EventCount, EventCountStress, ::testing::ValuesIn(cases()), case_name);

/// How a child ends that makes `use` of an eventcount where futex and membarrier are forbidden.
int status_without_calls(const std::function<void(EventCount&)>& before,
                         const std::function<void(EventCount&)>& use, bool asymmetric,
                         const Waiting& waiting = {}) {
  const pid_t child = fork();
  if (child == 0) {
    set_fences(asymmetric);
    EventCount count(waiting);
    before(count);
    sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    rules[3].k = SECCOMP_RET_KILL_PROCESS;
    const sock_fprog program{sizeof rules / sizeof *rules, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
      _exit(99);
    }
    use(count);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

bool killed_for_a_call(int status) { return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS; }

TEST(EventCount, NotifyOneCallsNobodyWhenNobodyWaits) {
  for (const bool asymmetric : {true, false}) {
    const int status = status_without_calls([](EventCount&) {},
                                            [](EventCount& count) {
                                              for (int i = 0; i < 1000; ++i) count.notify_one();
                                            },
                                            asymmetric);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 99) GTEST_SKIP() << "no seccomp here";
    EXPECT_EQ(status, 0) << asymmetric;
  }
}

TEST(EventCount, AwaitCallsNobodyWhileItsConditionHolds) {
  const int status = status_without_calls(
      [](EventCount&) {}, [](EventCount& count) { count.await([] { return true; }); }, true,
      testing::kSpinning);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 99) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(EventCount, AWaitThatOnlySpinsNeverSleepsAndNeedsNoWakeup) {
  const int status = status_without_calls(
      [](EventCount&) {},
      [](EventCount& count) {
        int looks = 0;
        count.await([&] {
          count.notify_one();
          return ++looks == 100'000;
        });
      },
      true, Waiting{.spin_ticks = 1, .source = TickSource::kClock, .sleeps = false});
  if (WIFEXITED(status) && WEXITSTATUS(status) == 99) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(EventCount, AWaiterThatDidNotSleepTakesItsCountBack) {
  const int status =
      status_without_calls([](EventCount& count) { count.await([] { return true; }); },
                           [](EventCount& count) { count.notify_one(); }, true);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 99) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

/// Its condition comes true while it looks, and it is claimed at the same time, or another was.
TEST(EventCount, AWaiterPassedByAClaimLeavesNoCount) {
  const auto passed_by_a_claim = [](EventCount& count) {
    count.await([&] {
      count.notify_one();
      return true;
    });
  };
  EXPECT_EQ(status_without_calls(
                passed_by_a_claim, [](EventCount& count) { count.notify_one(); }, true),
            0);
  const int alone = status_without_calls([](EventCount&) {}, passed_by_a_claim, true);
  if (WIFEXITED(alone) && WEXITSTATUS(alone) == 99) GTEST_SKIP() << "no seccomp here";
  EXPECT_TRUE(killed_for_a_call(alone)) << "the check itself must be able to fail";
}

/// Two count in, one of them is claimed, and both find that the epoch has moved: neither knows
/// which it was, and both wait again.
TEST(EventCount, TwoPassedByOneClaimLeaveNoCount) {
  const auto both_wait_again = [](EventCount& count) {
    int looks = 0;
    count.await([&] {
      if (++looks == 1) {
        int others = 0;
        count.await([&] {
          if (++others == 1) count.notify_one();
          return others == 3;
        });
      }
      return looks == 3;
    });
  };
  const int status = status_without_calls(
      both_wait_again, [](EventCount& count) { count.notify_one(); }, true);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 99) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(EventCount, NotifyAllWakesEverybodyWhoSleeps) {
  set_fences(true);
  for (int round = 0; round < 200; ++round) {
    EventCount count;
    std::atomic<bool> open{false};
    std::atomic<int> through{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&] {
        count.await([&] { return open.load(std::memory_order_acquire); });
        ++through;
      });
    }
    if (round % 2 == 0) usleep(200);
    open.store(true, std::memory_order_release);
    count.notify_all();
    ASSERT_TRUE(testing::eventually([&] { return through.load() == 6; })) << "round " << round;
    for (std::thread& thread : threads) thread.join();
  }
}

/// What a notifier that never looks does to a sleeper.
TEST(EventCount, ASleeperWhoseWakeupIsLostFindsOutAndIsCounted) {
  set_fences(true);
  for (const bool both_ends : {false, true}) {
    std::atomic<std::uint64_t> missed{0};
    count_missed_wakeups_in(&missed);
    EventCount count, other;
    std::atomic<bool> open{false};
    std::thread sleeper([&] {
      count.await([&] { return open.load(std::memory_order_acquire); },
                  both_ends ? &other : nullptr);
    });
    usleep(10'000);
    open.store(true, std::memory_order_release);  // and nobody is notified
    sleeper.join();
    EXPECT_EQ(missed.load(), 1U);
    count_missed_wakeups_in(nullptr);
  }
}

/// Both ends sleep though one could go on: the other one finds that out long before a second has
/// passed.
TEST(EventCount, WhoeverIsAboutToSleepWakesTheOtherEndThatSleepsForNothing) {
  set_fences(true);
  std::atomic<std::uint64_t> missed{0};
  count_missed_wakeups_in(&missed);
  EventCount not_empty, not_full;
  std::atomic<bool> item{false}, looked_again{false}, over{false};
  std::atomic<int> looks{0};
  std::thread consumer([&] {
    not_empty.await([&] {
      looked_again = ++looks > 1;
      return item.load(std::memory_order_acquire);
    });
  });
  ASSERT_TRUE(testing::eventually([&] { return looks == 1; }));
  usleep(10'000);
  item = true;  // and nobody is notified
  const std::uint64_t begin = monotonic_ns();
  std::thread producer([&] { not_full.await([&] { return over.load(); }, &not_empty); });
  ASSERT_TRUE(testing::eventually([&] { return looked_again.load(); }));
  const std::uint64_t took_ns = monotonic_ns() - begin;
  over = true;
  not_full.notify_all();
  producer.join();
  consumer.join();
  EXPECT_EQ(missed.load(), 1U);
  EXPECT_LT(took_ns, 900'000'000U) << "woken by the producer, not by the clock";
  count_missed_wakeups_in(nullptr);
}

TEST(EventCount, ASleeperThatIsNotifiedLateIsNotCounted) {
  set_fences(true);
  std::atomic<std::uint64_t> missed{0};
  count_missed_wakeups_in(&missed);
  EventCount count;
  std::atomic<bool> open{false}, looked_again{false};
  std::atomic<int> looks{0};
  std::thread sleeper([&] {
    count.await([&] {
      looked_again = ++looks > 1;
      return open.load(std::memory_order_acquire);
    });
  });
  ASSERT_TRUE(testing::eventually([&] { return looks == 1; }));
  open.store(true, std::memory_order_release);
  ASSERT_TRUE(testing::eventually([&] { return looked_again.load(); }));  // after its second
  count.notify_one();
  sleeper.join();
  EXPECT_EQ(missed.load(), 0U);
  count_missed_wakeups_in(nullptr);
}

TEST(EventCount, SleepersBurnNoCpu) {
  set_fences(true);
  EventCount count;
  std::atomic<bool> open{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { count.await([&] { return open.load(); }); });
  }
  usleep(20'000);
  timespec before{}, after{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  usleep(100'000);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  open = true;
  count.notify_all();
  for (std::thread& thread : threads) thread.join();
  const double burned_ms = static_cast<double>(after.tv_sec - before.tv_sec) * 1e3 +
                           static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e6;
  EXPECT_LT(burned_ms, 10);
}

}  // namespace
}  // namespace handoff
