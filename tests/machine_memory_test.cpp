#include <gtest/gtest.h>

#include "bench/machine/memory.h"
#include "tests/machine_fixture.h"

namespace handoff {
namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;

void write_meminfo(const FakeRoot& root) {
  root.write("/proc/meminfo", "MemTotal:       2097152 kB\nMemAvailable:   1048576 kB\n");
}

TEST(AvailableMemory, IsThatOfTheMachineWithoutALimit) {
  const FakeRoot root;
  write_meminfo(root);
  EXPECT_EQ(available_memory_bytes(root.path()), 1024 * kMebibyte);
  EXPECT_EQ(total_memory_bytes(root.path()), 2048 * kMebibyte);
  EXPECT_FALSE(memory_limit_bytes(root.path()));
}

TEST(AvailableMemory, IsLimitMinusUsageOfVersion2WithoutDroppableFilePages) {
  const FakeRoot root;
  write_meminfo(root);
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/memory.max", "536870912\n");
  root.write("/sys/fs/cgroup/job/memory.current", "209715200\n");
  root.write("/sys/fs/cgroup/job/memory.stat", "anon 1\ninactive_file 104857600\n");
  EXPECT_EQ(available_memory_bytes(root.path()), (512 - 200 + 100) * kMebibyte);
  EXPECT_EQ(memory_limit_bytes(root.path()), 512 * kMebibyte);
}

TEST(AvailableMemory, RespectsTheLimitOfAnOuterGroup) {
  const FakeRoot root;
  write_meminfo(root);
  root.mount_cgroup2("/outer/inner");
  root.write("/sys/fs/cgroup/outer/memory.max", "104857600\n");
  root.write("/sys/fs/cgroup/outer/memory.current", "0\n");
  root.write("/sys/fs/cgroup/outer/inner/memory.max", "max\n");
  EXPECT_EQ(available_memory_bytes(root.path()), 100 * kMebibyte);
}

TEST(AvailableMemory, IsLimitMinusUsageOfVersion1) {
  const FakeRoot root;
  write_meminfo(root);
  root.mount_cgroup1("memory", "/job");
  root.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  root.write("/sys/fs/cgroup/memory/job/memory.limit_in_bytes", "536870912\n");
  root.write("/sys/fs/cgroup/memory/job/memory.usage_in_bytes", "104857600\n");
  EXPECT_EQ(available_memory_bytes(root.path()), 412 * kMebibyte);
}

TEST(AvailableMemory, IsThatOfTheMachineWhereVersion1HasNoLimit) {
  const FakeRoot root;
  write_meminfo(root);
  root.mount_cgroup1("memory", "/");
  root.write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(available_memory_bytes(root.path()), 1024 * kMebibyte);
  EXPECT_FALSE(memory_limit_bytes(root.path()));
}

TEST(AvailableMemory, IsNeverBelowZero) {
  const FakeRoot root;
  write_meminfo(root);
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/memory.max", "1000\n");
  root.write("/sys/fs/cgroup/job/memory.current", "2000\n");
  EXPECT_EQ(available_memory_bytes(root.path()), 0U);
}

TEST(AvailableMemory, IsUnknownWhereNothingSays) {
  const FakeRoot root;
  EXPECT_FALSE(available_memory_bytes(root.path()));
  EXPECT_FALSE(total_memory_bytes(root.path()));
}

TEST(AvailableMemory, OfThisMachineIsKnownAndNotMoreThanThereIs) {
  const auto available = available_memory_bytes();
  ASSERT_TRUE(available);
  EXPECT_LE(*available, total_memory_bytes().value_or(0));
}

}  // namespace
}  // namespace handoff
