#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "bench/machine/process_tree.h"
#include "tests/machine_fixture.h"

namespace handoff {
namespace {

using Pids = std::vector<pid_t>;

void write_process(const FakeRoot& root, int pid, const std::string& name, int parent) {
  root.write("/proc/" + std::to_string(pid) + "/stat",
             std::to_string(pid) + " (" + name + ") S " + std::to_string(parent) + " 1 1 0 -1\n");
}

TEST(ParentInStat, SkipsSpacesAndParenthesesInTheName) {
  EXPECT_EQ(parent_in_stat("12 (sh) S 7 1 1"), 7);
  EXPECT_EQ(parent_in_stat("12 (a b) S 7 1 1"), 7);
  EXPECT_EQ(parent_in_stat("12 (x) S 9 (y) R 7 1 1"), 7);
  EXPECT_EQ(parent_in_stat("12 ()) ) S 7 1 1"), 7);
}

TEST(ParentInStat, IsUnknownInATornText) {
  EXPECT_FALSE(parent_in_stat(""));
  EXPECT_FALSE(parent_in_stat("12 (sh"));
  EXPECT_FALSE(parent_in_stat("12 (sh) S"));
  EXPECT_FALSE(parent_in_stat("12 (sh) S x 1"));
}

TEST(Descendants, AreAllGenerationsParentsFirst) {
  const FakeRoot root;
  write_process(root, 1, "init", 0);
  write_process(root, 10, "driver", 1);
  write_process(root, 5, "late number", 30);  // numbers wrap around: a child may have a lower one
  write_process(root, 30, "keeper) S 1 (", 10);
  write_process(root, 31, "cell", 30);
  write_process(root, 40, "other", 1);
  auto found = descendants(10, root.path());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], 30);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (Pids{5, 30, 31}));
  EXPECT_TRUE(descendants(31, root.path()).empty());
}

TEST(Descendants, LeaveOutProcessesThatVanish) {
  const FakeRoot root;
  write_process(root, 11, "stays", 10);
  std::filesystem::create_directories(root.path() + "/proc/12");  // gone before it was read
  root.write("/proc/13/stat", "");
  root.write("/proc/version", "no process");
  EXPECT_EQ(descendants(10, root.path()), (Pids{11}));
}

TEST(Descendants, EndWhenReusedNumbersCloseACircle) {
  const FakeRoot root;
  write_process(root, 10, "a", 12);
  write_process(root, 11, "b", 10);
  write_process(root, 12, "c", 11);
  EXPECT_EQ(descendants(10, root.path()), (Pids{11, 12}));
}

TEST(Descendants, AreNoneWithoutProc) {
  const FakeRoot root;
  EXPECT_TRUE(descendants(1, root.path()).empty());
}

TEST(Descendants, FindARealGrandchildWithAnAwkwardName) {
  std::array<int, 2> ready{};
  ASSERT_EQ(pipe(ready.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const pid_t grandchild = fork();
    if (grandchild == 0) {
      prctl(PR_SET_NAME, "a) R 1 (b c");
      const pid_t self = getpid();
      if (::write(ready[1], &self, sizeof self) != sizeof self) _exit(1);
    }
    while (true) pause();
  }
  pid_t grandchild = 0;
  ASSERT_EQ(::read(ready[0], &grandchild, sizeof grandchild), ssize_t{sizeof grandchild});
  EXPECT_EQ(descendants(child), (Pids{grandchild}));
  const auto mine = descendants(getpid());
  EXPECT_NE(std::find(mine.begin(), mine.end(), grandchild), mine.end());

  kill(grandchild, SIGKILL);
  kill(child, SIGKILL);
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
  const auto after = descendants(getpid());
  EXPECT_EQ(std::find(after.begin(), after.end(), child), after.end());
  close(ready[0]);
  close(ready[1]);
}

}  // namespace
}  // namespace handoff
