#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "bench/commands/env.h"
#include "bench/machine/counters.h"
#include "bench/machine/environment.h"
#include "bench/machine/warnings.h"
#include "tests/machine_fixture.h"

namespace handoff {
namespace {

using Json = nlohmann::json;

EnvironmentSource source_of(const FakeRoot& root, const std::string& machine = "core:4 pu:2") {
  EnvironmentSource source;
  source.root = root.path();
  source.steal_window_ms = 0;
  source.topology = synthetic_topology(machine);
  source.affinity = std::vector<int>{0, 1, 2, 3};
  return source;
}

/// A desktop machine as its files show it.
void write_machine(const FakeRoot& root) {
  root.write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
  root.write("/etc/os-release", "NAME=Debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n");
  root.write("/proc/cpuinfo",
             "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU @ 3.00GHz\n"
             "microcode\t: 0x2b\ncpu MHz\t\t: 2999.5\nflags\t\t: fpu constant_tsc nonstop_tsc\n\n"
             "processor\t: 1\nmodel name\t: Another\n");
  const std::string cpus = "/sys/devices/system/cpu";
  for (const auto* cpu : {"/cpu0", "/cpu1", "/cpu2", "/cpu3"}) {
    root.write(cpus + cpu + "/cpufreq/scaling_governor", "performance\n");
  }
  root.write(cpus + "/cpu0/cpufreq/scaling_cur_freq", "3100000\n");
  root.write(cpus + "/cpu0/cpufreq/cpuinfo_max_freq", "4200000\n");
  root.write(cpus + "/intel_pstate/no_turbo", "1\n");
  root.write(cpus + "/isolated", "2-3\n");
  root.write(cpus + "/vulnerabilities/meltdown", "Mitigation: PTI\n");
  const std::string clock = "/sys/devices/system/clocksource/clocksource0";
  root.write(clock + "/current_clocksource", "tsc\n");
  root.write(clock + "/available_clocksource", "tsc hpet acpi_pm \n");
  root.write("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
  root.write("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian\n");
  root.write("/proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n");
  root.write("/proc/loadavg", "0.10 0.20 0.30 1/100 4711\n");
  root.write("/proc/stat",
             "cpu  100 0 100 790 0 0 0 10 0 0\n"
             "cpu0 100 0 100 790 0 0 0 10 0 0\n");
  root.write("/proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n");
  root.write("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
}

/// Whether some warning speaks of `words`; each has a remedy.
bool warns(const Json& warnings, const std::string& words) {
  return std::any_of(warnings.begin(), warnings.end(), [&words](const Json& warning) {
    EXPECT_FALSE(warning.at("remedy").get<std::string>().empty());
    return warning.at("what").get<std::string>().find(words) != std::string::npos;
  });
}

TEST(Environment, SaysWhatTheFilesSay) {
  const FakeRoot root;
  write_machine(root);
  const Json env = describe_environment(source_of(root));
  EXPECT_EQ(env["host"]["system"], "Debian GNU/Linux 12");
  EXPECT_EQ(env["cpu"]["model"], "Some CPU @ 3.00GHz");
  EXPECT_EQ(env["cpu"]["vendor"], "GenuineIntel");
  EXPECT_EQ(env["cpu"]["microcode"], "0x2b");
  EXPECT_EQ(env["cpu"]["frequency_mhz"], 3100);
  EXPECT_EQ(env["cpu"]["frequency_max_mhz"], 4200);
  EXPECT_EQ(env["topology"]["cores"], 4);
  EXPECT_EQ(env["topology"]["pus"], 8);
  EXPECT_EQ(env["topology"]["smt"], true);
  EXPECT_EQ(env["allowed"]["cpus"], (Json{0, 1, 2, 3}));
  EXPECT_EQ(env["allowed"]["usable"], 4);
  EXPECT_EQ(env["allowed"]["isolated"], (Json{2, 3}));
  EXPECT_EQ(env["governor"], "performance");
  EXPECT_EQ(env["turbo"], false);
  EXPECT_EQ(env["kernel"]["release"], "6.1.0-18-amd64");
  EXPECT_EQ(env["kernel"]["preempt"], "PREEMPT_DYNAMIC");
  EXPECT_EQ(env["clocksource"], "tsc");
  EXPECT_EQ(env["tsc"], (Json{{"constant", true}, {"nonstop", true}}));
  EXPECT_EQ(env["mitigations"]["meltdown"], "Mitigation: PTI");
  EXPECT_EQ(env["virtualisation"]["hypervisor"], false);
  EXPECT_EQ(env["memory"]["available_bytes"], 8ULL << 30U);
  EXPECT_EQ(env["memory"]["transparent_hugepage"], "madvise");
  EXPECT_EQ(env["load_average"], (Json{0.1, 0.2, 0.3}));
  EXPECT_DOUBLE_EQ(env["steal"]["share_since_boot"].get<double>(), 0.01);
}

TEST(Environment, IsNullWhereNothingIsKnown) {
  const FakeRoot root;
  const Json env = describe_environment(source_of(root));
  for (const auto* path : {"/host/system",
                           "/cpu/model",
                           "/cpu/frequency_mhz",
                           "/cpu/microcode",
                           "/governor",
                           "/turbo",
                           "/kernel/release",
                           "/kernel/preempt",
                           "/clocksource",
                           "/mitigations",
                           "/load_average",
                           "/virtualisation/hypervisor",
                           "/virtualisation/vendor",
                           "/memory/total_bytes",
                           "/memory/limit_bytes",
                           "/memory/transparent_hugepage",
                           "/memory/pressure",
                           "/steal/share_now",
                           "/steal/share_since_boot",
                           "/allowed/quota",
                           "/tsc/constant"}) {
    EXPECT_TRUE(env.at(Json::json_pointer(path)).is_null()) << path;
  }
}

TEST(Environment, OfAnArmMachineNamesItsParts) {
  const FakeRoot root;
  root.write("/proc/cpuinfo", "CPU implementer\t: 0x41\nCPU part\t: 0xd0c\nFeatures\t: fp asimd\n");
  root.write("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
  const Json env = describe_environment(source_of(root));
  EXPECT_EQ(env["cpu"]["model"], "implementer 0x41 part 0xd0c");
  EXPECT_TRUE(env["tsc"]["constant"].is_null());
  EXPECT_EQ(env["virtualisation"]["hypervisor"], true);
  EXPECT_EQ(env["virtualisation"]["vendor"], "Amazon EC2");
}

TEST(Environment, NamesMixedGovernors) {
  const FakeRoot root;
  write_machine(root);
  root.write("/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor", "powersave\n");
  EXPECT_EQ(describe_environment(source_of(root))["governor"], "performance,powersave");
}

TEST(Environment, OfThisMachineIsCompleteJson) {
  const Json env = describe_environment();
  for (const auto* section :
       {"host", "cpu", "topology", "allowed", "governor", "turbo", "kernel", "clocksource", "tsc",
        "mitigations", "virtualisation", "memory", "load_average", "steal", "counters", "build",
        "libraries", "warnings"}) {
    EXPECT_TRUE(env.contains(section)) << section;
  }
  EXPECT_EQ(Json::parse(env.dump()), env);
}

TEST(HostId, IsTheSameAgainAndDiffersByMachineAndModel) {
  const FakeRoot root;
  write_machine(root);
  const std::string id = host_id(root.path());
  EXPECT_EQ(id, "c3bf28da989030eb");  // of these two files, on every platform
  EXPECT_EQ(host_id(root.path()), id);
  root.write("/etc/machine-id", "another\n");
  const std::string other = host_id(root.path());
  EXPECT_NE(other, id);
  root.write("/proc/cpuinfo", "model name\t: Other CPU\n");
  EXPECT_NE(host_id(root.path()), other);
}

TEST(HostId, FallsBackToTheHostNameWithoutShowingIt) {
  const FakeRoot root;
  root.write("/proc/sys/kernel/hostname", "alpha\n");
  const std::string alpha = host_id(root.path());
  root.write("/proc/sys/kernel/hostname", "beta\n");
  EXPECT_NE(host_id(root.path()), alpha);
  EXPECT_EQ(alpha.find("alpha"), std::string::npos);
}

/// What a quiet machine made for measuring looks like.
Json quiet() {
  return {
      {"governor", "performance"},
      {"turbo", false},
      {"topology", {{"smt", false}}},
      {"allowed", {{"cpus", {0, 1, 2, 3}}, {"usable", 4}, {"quota", nullptr}}},
      {"load_average", {0.1, 0.1, 0.1}},
      {"steal", {{"share_since_boot", 0.0}, {"share_now", 0.0}}},
      {"virtualisation", {{"hypervisor", false}}},
      {"counters", {{"available", true}}},
      {"clocksource", "tsc"},
      {"clocksources", {"tsc", "hpet"}},
      {"memory", {{"available_bytes", 8ULL << 30U}, {"pressure", 0.0}}},
      {"build", {{"optimised", true}, {"build_type", "Release"}, {"sanitizers", Json::array()}}}};
}

/// The warnings of a quiet machine with one value changed.
Json warnings_with(const char* path, const Json& value) {
  Json env = quiet();
  env[Json::json_pointer(path)] = value;
  return environment_warnings(env);
}

TEST(Warnings, AreNoneOnAQuietMachine) { EXPECT_EQ(environment_warnings(quiet()), Json::array()); }

TEST(Warnings, AreNoneWhereNothingIsKnown) {
  EXPECT_EQ(environment_warnings(Json::object()), Json::array());
}

TEST(Warnings, NameEachThingThatHarms) {
  EXPECT_TRUE(warns(warnings_with("/governor", "powersave"), "governor is powersave"));
  EXPECT_TRUE(warns(warnings_with("/turbo", true), "Turbo is on"));
  EXPECT_TRUE(warns(warnings_with("/topology/smt", true), "SMT is on"));
  EXPECT_TRUE(warns(warnings_with("/allowed/usable", 1), "Fewer than 2 CPUs"));
  EXPECT_TRUE(warns(warnings_with("/allowed/quota", 2.5), "quota of 2.5 CPUs is less than the 4"));
  EXPECT_TRUE(warns(warnings_with("/load_average/0", 2.5), "load average is 2.50 on 4"));
  EXPECT_TRUE(warns(warnings_with("/steal/share_now", 0.05), "5.0 % now"));
  EXPECT_TRUE(warns(warnings_with("/steal/share_since_boot", 0.02), "2.0 % since boot"));
  EXPECT_TRUE(warns(warnings_with("/clocksource", "hpet"), "clock source is hpet"));
  EXPECT_TRUE(warns(warnings_with("/build/sanitizers", {"thread"}), "sanitizers (thread)"));
  EXPECT_TRUE(warns(warnings_with("/build/build_type", "Debug"), "without optimisation"));
  EXPECT_TRUE(warns(warnings_with("/build/optimised", false), "without optimisation"));
  EXPECT_TRUE(warns(warnings_with("/memory/available_bytes", 1 << 28), "256 MiB"));
  EXPECT_TRUE(warns(warnings_with("/memory/pressure", 0.2), "20 % of the last 10 s"));
}

TEST(Warnings, OfMissingCountersComeInVirtualMachinesOnly) {
  EXPECT_EQ(warnings_with("/counters/available", false), Json::array());
  Json env = quiet();
  env["virtualisation"]["hypervisor"] = true;
  EXPECT_EQ(environment_warnings(env), Json::array());
  env["counters"]["available"] = false;
  EXPECT_TRUE(warns(environment_warnings(env), "without hardware counters"));
}

TEST(Warnings, OfTurboComeOnRealMachinesOnly) {
  Json env = quiet();
  env["turbo"] = true;
  env["virtualisation"]["hypervisor"] = true;
  EXPECT_EQ(environment_warnings(env), Json::array());
}

TEST(Warnings, OfLoadBeginAboveHalfOfTheCpus) {
  EXPECT_EQ(warnings_with("/load_average/0", 2.0), Json::array());
  EXPECT_EQ(warnings_with("/steal/share_now", 0.01), Json::array());
}

TEST(Warnings, TakeTheCounterOfArmForAGoodClock) {
  EXPECT_EQ(warnings_with("/clocksource", "arch_sys_counter"), Json::array());
}

TEST(Counters, SayWhyTheyAreMissing) {
  const FakeRoot root;
  root.write("/proc/sys/kernel/perf_event_paranoid", "3\n");
  EXPECT_NE(counter_failure(EACCES, root.path()).find("paranoid is 3"), std::string::npos);
  EXPECT_NE(counter_failure(ENOENT).find("no cycle counter"), std::string::npos);
  EXPECT_NE(counter_failure(ENOSYS).find("perf_event_open"), std::string::npos);
}

TEST(EnvCommand, PrintsJsonThatCanBeRead) {
  std::ostringstream out;
  EXPECT_EQ(env_command(true, out), 0);
  EXPECT_TRUE(Json::parse(out.str()).contains("warnings"));
}

TEST(EnvText, ShowsUnknownValuesAndWarningsWithRemedies) {
  const FakeRoot root;
  Json env = describe_environment(source_of(root));
  env["warnings"] = {{{"what", "The cat sleeps on the keyboard."}, {"remedy", "Feed it."}}};
  const std::string text = environment_text(env);
  EXPECT_NE(text.find("governor       unknown\n"), std::string::npos);
  EXPECT_NE(text.find("1. The cat sleeps on the keyboard.\n     remedy: Feed it.\n"),
            std::string::npos);
}

TEST(EnvText, BreaksLongLinesBetweenWords) {
  const FakeRoot root;
  Json env = describe_environment(source_of(root));
  std::string flags;
  for (int i = 0; i < 100; ++i) flags += "-fsome-flag ";
  env["build"]["flags"] = flags;
  std::istringstream text(environment_text(env, 100));
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 100U) << line;
}

}  // namespace
}  // namespace handoff
