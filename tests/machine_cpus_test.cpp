#include <gtest/gtest.h>

#include "bench/machine/cpus.h"
#include "tests/machine_fixture.h"

namespace handoff {
namespace {

using Cpus = std::vector<int>;

TEST(CpuAllowance, IsTheMaskWhereThereAreNoControlGroups) {
  const FakeRoot root;
  const auto allowance = cpu_allowance(Cpus{3, 1, 2}, root.path());
  EXPECT_EQ(allowance.cpus, (Cpus{1, 2, 3}));
  EXPECT_FALSE(allowance.quota);
  EXPECT_EQ(allowance.usable, 3);
}

TEST(CpuAllowance, TakesTheQuotaOfVersion2) {
  const FakeRoot root;
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/cpu.max", "200000 100000\n");
  const auto allowance = cpu_allowance(Cpus{0, 1, 2, 3}, root.path());
  EXPECT_EQ(allowance.quota, 2.0);
  EXPECT_EQ(allowance.usable, 2);
}

TEST(CpuAllowance, IsUnlimitedWhereVersion2SaysMax) {
  const FakeRoot root;
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/cpu.max", "max 100000\n");
  EXPECT_FALSE(cpu_quota(root.path()));
  EXPECT_EQ(cpu_allowance(Cpus{0, 1}, root.path()).usable, 2);
}

TEST(CpuAllowance, TakesTheSmallestQuotaOnTheWayToTheRoot) {
  const FakeRoot root;
  root.mount_cgroup2("/a/b/c");
  root.write("/sys/fs/cgroup/a/cpu.max", "150000 50000\n");
  root.write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  root.write("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 3.0);
}

TEST(CpuAllowance, SeesALimitAtTheMountPointInsideAContainer) {
  const FakeRoot root;
  root.mount_cgroup2("/");
  root.write("/sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 1.0);
}

TEST(CpuAllowance, SeesALimitAtTheMountPointWhenTheGroupIsOutsideOfTheNamespace) {
  const FakeRoot root;
  root.mount_cgroup2("/../../elsewhere");
  root.write("/sys/fs/cgroup/cpu.max", "300000 100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 3.0);
}

TEST(CpuAllowance, RoundsAFractionDownButNeverBelowOne) {
  const FakeRoot root;
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/cpu.max", "250000 100000\n");
  EXPECT_EQ(cpu_allowance(Cpus{0, 1, 2, 3}, root.path()).usable, 2);
  root.write("/sys/fs/cgroup/job/cpu.max", "50000 100000\n");
  const auto half = cpu_allowance(Cpus{0, 1, 2, 3}, root.path());
  EXPECT_EQ(half.quota, 0.5);
  EXPECT_EQ(half.usable, 1);
}

TEST(CpuAllowance, IsNotRaisedByAQuotaAboveTheMask) {
  const FakeRoot root;
  root.mount_cgroup2("/job");
  root.write("/sys/fs/cgroup/job/cpu.max", "6400000 100000\n");
  EXPECT_EQ(cpu_allowance(Cpus{5}, root.path()).usable, 1);
}

TEST(CpuAllowance, TakesTheQuotaOfVersion1) {
  const FakeRoot root;
  root.mount_cgroup1("cpu,cpuacct", "/jobs/mine");
  root.write("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us", "400000\n");
  root.write("/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us", "100000\n");
  root.write("/sys/fs/cgroup/cpu,cpuacct/jobs/mine/cpu.cfs_quota_us", "150000\n");
  root.write("/sys/fs/cgroup/cpu,cpuacct/jobs/mine/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 1.5);
}

TEST(CpuAllowance, IsUnlimitedWhereVersion1SaysMinusOne) {
  const FakeRoot root;
  root.mount_cgroup1("cpu", "/");
  root.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
  root.write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(cpu_quota(root.path()));
}

TEST(CpuAllowance, FindsAVersion1GroupOfWhichOnlyAPartIsMounted) {
  const FakeRoot root;
  root.mount_cgroup1("cpu", "/docker/0123/inner", "/docker/0123");
  root.write("/sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "200000\n");
  root.write("/sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 2.0);
}

TEST(CpuAllowance, TakesTheSmallerOfBothVersionsOnAHybridSystem) {
  const FakeRoot root;
  root.write("/proc/self/cgroup", "1:cpu:/\n0::/mine\n");
  root.write("/proc/self/mountinfo",
             "31 30 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
             "40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  root.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
  root.write("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  root.write("/sys/fs/cgroup/unified/mine/cpu.max", "200000 100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 2.0);
}

TEST(CpuAllowance, ReadsMountPointsWithSpaces) {
  const FakeRoot root;
  root.write("/proc/self/cgroup", "0::/\n");
  root.write("/proc/self/mountinfo", "30 22 0:27 / /my\\040groups rw - cgroup2 none rw\n");
  root.write("/my groups/cpu.max", "200000 100000\n");
  EXPECT_EQ(cpu_quota(root.path()), 2.0);
}

TEST(CpuAllowance, IgnoresWhatItCannotRead) {
  const FakeRoot root;
  root.mount_cgroup2("/job");
  for (const auto* text : {"", "max", "nonsense here", "0 100000", "100000 0", "nan inf"}) {
    root.write("/sys/fs/cgroup/job/cpu.max", text);
    EXPECT_FALSE(cpu_quota(root.path())) << text;
  }
}

TEST(CpuAllowance, OfThisProcessNamesAtLeastOneCpu) {
  const auto allowance = cpu_allowance();
  ASSERT_FALSE(allowance.cpus.empty());
  EXPECT_GE(allowance.usable, 1);
  EXPECT_LE(static_cast<std::size_t>(allowance.usable), allowance.cpus.size());
}

TEST(CpuList, KeepsTheGivenOrder) {
  EXPECT_EQ(parse_cpu_list("0,2-3"), (Cpus{0, 2, 3}));
  EXPECT_EQ(parse_cpu_list("5,1,1\n"), (Cpus{5, 1, 1}));
}

TEST(CpuList, IsWrittenAsItIsRead) {
  for (const Cpus& cpus : {Cpus{0}, Cpus{0, 2, 3}, Cpus{3, 2, 1}, Cpus{7, 8, 9, 1}, Cpus{4, 4}}) {
    EXPECT_EQ(parse_cpu_list(format_cpu_list(cpus)), cpus);
  }
  EXPECT_EQ(format_cpu_list({0, 2, 3}), "0,2-3");
}

TEST(CpuList, TakesStrides) {
  EXPECT_EQ(parse_cpu_list("0-6:3,9"), (Cpus{0, 3, 6, 9}));
  EXPECT_EQ(parse_cpu_list("0-7:3"), (Cpus{0, 3, 6}));
}

TEST(CpuList, FoldsStridesForReading) {
  EXPECT_EQ(format_cpu_strides({0, 4, 8, 12, 1, 5, 9, 13}), "0-12:4,1-13:4");
  EXPECT_EQ(format_cpu_strides({0, 1, 2, 64, 65, 7}), "0-2,64-65,7");
  EXPECT_EQ(format_cpu_strides({0, 2}), "0,2");
  EXPECT_EQ(format_cpu_strides({}), "");
  for (const Cpus& cpus :
       {Cpus{0}, Cpus{0, 2, 3}, Cpus{3, 2, 1}, Cpus{0, 2, 4, 5, 6, 8}, Cpus{4, 4}}) {
    EXPECT_EQ(parse_cpu_list(format_cpu_strides(cpus)), cpus) << format_cpu_strides(cpus);
  }
}

TEST(CpuList, SaysWhatIsWrong) {
  std::string why;
  EXPECT_FALSE(parse_cpu_list("3-1", &why));
  EXPECT_EQ(why, "the range '3-1' runs backwards");
  EXPECT_FALSE(parse_cpu_list("1,,2", &why));
  EXPECT_EQ(why, "a CPU number is missing");
  for (const auto* text : {"", "1,", "x", "-1", "1-", "1-2-3", "0-4:0", "0-4:", "2:2", "0x1",
                           "0-4000000000", "99999999"}) {
    EXPECT_FALSE(parse_cpu_list(text, &why)) << text;
  }
}

}  // namespace
}  // namespace handoff
