// Plans for other machines: described to hwloc, planned with this program's strategies.

#include <gtest/gtest.h>
#include <hwloc.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "bench/machine/described_topology.h"
#include "bench/plan/plan_for_machine.h"
#include "tests/plan_fixture.h"

namespace handoff {
namespace {

using testing::asked;
using Cpus = std::vector<int>;

const char* const kLarge = "pack:2 l3:8 core:4 pu:2";  // 128 CPUs
const char* const kSmall = "pack:1 core:4 pu:2";

/// What hwloc exports of a synthetic machine.
std::string exported(const char* description) {
  hwloc_topology_t topology = nullptr;
  hwloc_topology_init(&topology);
  hwloc_topology_set_synthetic(topology, description);
  hwloc_topology_load(topology);
  char* text = nullptr;
  int length = 0;
  hwloc_topology_export_xmlbuffer(topology, &text, &length, 0);
  std::string xml(text);
  hwloc_free_xmlbuffer(topology, text);
  hwloc_topology_destroy(topology);
  return xml;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class MachineFile {
 public:
  explicit MachineFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("handoff_machine_" + std::to_string(::getpid()) + ".xml")) {
    std::ofstream(path_) << text;
  }
  ~MachineFile() { std::filesystem::remove(path_); }
  MachineFile(const MachineFile&) = delete;
  MachineFile& operator=(const MachineFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string error_of(const std::string& text) {
  std::string error;
  return described_topology(text, error) ? "accepted" : error;
}

Plan planned_for(const std::string& source, const std::vector<std::string>& arguments) {
  return plan_for(described_machine(source), asked(arguments));
}

const PointPlan& point_of(const Plan& plan, const std::string& id) {
  const auto at = std::find_if(plan.points.begin(), plan.points.end(),
                               [&id](const PointPlan& point) { return point.id == id; });
  if (at == plan.points.end()) throw std::runtime_error(id + " is not planned");
  return *at;
}

/// Narrows this thread's affinity to one CPU.
class OnOneCpu {
 public:
  OnOneCpu() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(affinity_mask().front()), &one);
    sched_setaffinity(0, sizeof one, &one);
  }
  ~OnOneCpu() { sched_setaffinity(0, sizeof before_, &before_); }
  OnOneCpu(const OnOneCpu&) = delete;
  OnOneCpu& operator=(const OnOneCpu&) = delete;

 private:
  cpu_set_t before_{};
};

TEST(DescribedTopology, IsSyntheticOrAnExportedFile) {
  std::string error;
  const auto synthetic = described_topology(kLarge, error);
  ASSERT_TRUE(synthetic) << error;
  EXPECT_EQ(synthetic->pus.size(), 128U);
  EXPECT_EQ(synthetic->cores, 64);
  const MachineFile file(exported("pack:2 [numa(memory=8GiB)] core:2 pu:1"));
  const auto read = described_topology(file.path(), error);
  ASSERT_TRUE(read) << error;
  EXPECT_EQ(read->pus.size(), 4U);
  EXPECT_EQ(read->packages, 2);
  EXPECT_EQ(read->memory_bytes, std::uint64_t{16} << 30U);
}

TEST(DescribedTopology, OfAFileHasTheCpusThatCouldBeUsed) {
  const std::string xml = exported("core:4 pu:1");
  ASSERT_NE(xml.find("allowed_cpuset=\"0x0000000f\""), std::string::npos);
  const MachineFile file(
      replaced(xml, "allowed_cpuset=\"0x0000000f\"", "allowed_cpuset=\"0x00000006\""));
  EXPECT_EQ(described_machine(file.path()).allowance.cpus, (Cpus{1, 2}));
}

TEST(DescribedTopology, ThatMakesNoSenseIsRefusedInASentence) {
  EXPECT_EQ(error_of("cheese:4"),
            "--topology 'cheese:4' is neither a file nor a machine that hwloc understands; give "
            "one such as 'pack:2 l3:8 core:4 pu:2', or a file that 'lstopo machine.xml' wrote");
  EXPECT_EQ(error_of("/nowhere/x.xml"),
            "--topology '/nowhere/x.xml' cannot be read (No such file or directory); give a file "
            "that 'lstopo machine.xml' wrote");
  EXPECT_EQ(error_of("/"),
            "--topology '/' is a directory; give a file that 'lstopo machine.xml' "
            "wrote");
  for (const char* many :
       {"pack:100000 core:100", "pu:4000000000", "l3:100 [numa:2] 100(size=1) 2"}) {
    EXPECT_EQ(error_of(many), std::string("--topology '") + many +
                                  "' has more than 8192 CPUs; give a smaller machine");
  }
}

TEST(DescribedTopology, SurvivesDamagedXml) {
  const std::string whole = exported(kSmall);
  for (const std::string& damaged :
       {std::string(), std::string("hello"), std::string("<a/>"), whole.substr(0, whole.size() / 2),
        replaced(whole, "version=\"2.0\"", "version=\"9.0\""),
        replaced(whole, "cpuset=\"0x", "cpuset=\"junk")}) {
    const MachineFile file(damaged);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(
        error_of(file.path()),
        "--topology '" + file.path() +
            "' is no XML file that hwloc can read; give a file that 'lstopo machine.xml' wrote");
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  }
}

TEST(DescribedMachine, HidesTheLimitsOfThisProcess) {
  const OnOneCpu narrow;
  ASSERT_EQ(affinity_mask().size(), 1U);
  const Machine machine = described_machine(kLarge);
  EXPECT_EQ(machine.allowance.usable, 128);
  EXPECT_FALSE(machine.allowance.quota);
  EXPECT_EQ(machine.available_memory_bytes, std::uint64_t{1} << 30U);  // hwloc's, if none is named
  const Plan plan = planned_for(kLarge, {"--pairs", "32:32", "--budget", "10m"});
  EXPECT_EQ(plan.usable_cpus, 128);
  const Placement& placement = plan.points.at(0).placement;
  EXPECT_TRUE(placement.bound);
  EXPECT_FALSE(placement.oversubscribed);
  EXPECT_EQ(std::set<int>(placement.cpus.begin(), placement.cpus.end()).size(), 64U);
}

TEST(DescribedMachine, RefusesCpusThatItDoesNotHave) {
  try {
    planned_for("pu:4", {"--pin", "0,9", "--pairs", "1:1"});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "--pin 0,9 names CPUs that --topology 'pu:4' does not have; it has 0-3");
  }
}

TEST(DescribedMachine, WithCoresOfTwoKindsGetsOneThreadACoreFirst) {
  // Two cores with two CPUs, two cores with one: what a synthetic description cannot say.
  const auto object = [](const std::string& type, int os_index, const std::string& cpuset,
                         int gp_index, const std::string& inside) {
    return "<object type=\"" + type + "\" os_index=\"" + std::to_string(os_index) + "\" cpuset=\"" +
           cpuset + "\" complete_cpuset=\"" + cpuset +
           "\" nodeset=\"0x1\" complete_nodeset=\"0x1\" gp_index=\"" + std::to_string(gp_index) +
           "\">" + inside + "</object>";
  };
  const auto pu = [&object](int cpu, const std::string& cpuset) {
    return object("PU", cpu, cpuset, 10 + cpu, "");
  };
  const MachineFile file(
      "<?xml version=\"1.0\"?><!DOCTYPE topology SYSTEM \"hwloc2.dtd\"><topology version=\"2.0\">" +
      object("Machine", 0, "0x3f", 1,
             object("NUMANode", 0, "0x3f", 2, "") +
                 object("Core", 0, "0x3", 3, pu(0, "0x1") + pu(1, "0x2")) +
                 object("Core", 1, "0xc", 4, pu(2, "0x4") + pu(3, "0x8")) +
                 object("Core", 2, "0x10", 5, pu(4, "0x10")) +
                 object("Core", 3, "0x20", 6, pu(5, "0x20"))) +
      "</topology>");
  const Plan plan = planned_for(file.path(), {"--pairs", "2:2,3:3", "--budget", "1m"});
  EXPECT_EQ(point_of(plan, "2:2 64B").placement.cpus, (Cpus{0, 4, 2, 5}));
  EXPECT_EQ(point_of(plan, "3:3 64B").placement.cpus, (Cpus{0, 4, 1, 2, 5, 3}));
}

TEST(DescribedMachine, HasAPlanThatFitsALineOf100Characters) {
  for (const char* suite : {"quick", "default", "full"}) {
    for (const char* pin : {"auto", "compact", "scatter"}) {
      std::ostringstream out;
      print_plan(out, planned_for(kLarge, {"--suite", suite, "--pin", pin, "--seed", "1"}));
      std::istringstream lines(out.str());
      for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
    }
  }
}

TEST(DescribedMachine, HasAPlanThatNamesSourceBindingAndEveryDroppedPoint) {
  const Plan plan =
      planned_for(kLarge, {"--pairs", "auto", "--payload", "8,64", "--strategies",
                           "mutex_queue,lockfree_spsc", "--budget", "20s", "--seed", "1"});
  ASSERT_GT(plan.dropped.size(), 8U);
  std::ostringstream out;
  print_plan(out, plan);
  const std::string text = out.str();
  for (const char* part :
       {"planned for another machine, 'pack:2 l3:8 core:4 pu:2': 64 cores, 2 packages, 1 NUMA node",
        "128 usable CPUs", "64:64    0-124:4,1-125:4    2-126:4,3-127:4",
        "unsupported: lockfree_spsc (", "; a larger --budget would hold more:\n  "}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
  for (const std::string& dropped : plan.dropped) {
    const std::string pair = dropped.substr(0, dropped.find(' '));
    EXPECT_NE(text.find(pair, text.find("dropped ")), std::string::npos) << pair << "\n" << text;
  }
}

}  // namespace
}  // namespace handoff
