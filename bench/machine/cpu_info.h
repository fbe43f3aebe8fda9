// What the kernel says of the processor: model, clock, governor, turbo, TSC, mitigations.
//
// Source: /proc/cpuinfo (its keys differ between x86 and arm64), /sys/devices/system/cpu. VMs and
// containers show little of it: what is missing is null or nullopt. `root`: see files.h.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace handoff::machine {

/// "AMD EPYC 9654 96-Core Processor"; on arm64 "implementer 0x41 part 0xd0c".
std::optional<std::string> cpu_model(const std::string& root = "");
/// Whether /proc/cpuinfo lists the feature; nullopt where it lists no x86 flags.
std::optional<bool> cpu_flag(const std::string& flag, const std::string& root = "");
/// The cpufreq governor of `cpus`; different ones joined by commas.
std::optional<std::string> governor(const std::vector<int>& cpus, const std::string& root = "");
/// Whether the CPU may exceed its nominal frequency.
std::optional<bool> turbo(const std::string& root = "");

/// {model, vendor, arch, frequency_mhz, frequency_max_mhz, microcode}; frequencies of the first of
/// `cpus`.
nlohmann::json cpu_section(const std::vector<int>& cpus, const std::string& root = "");
/// {constant, nonstop}: same rate at every clock and in every sleep state.
nlohmann::json tsc_section(const std::string& root = "");
/// Vulnerability to the kernel's text on it; null where the directory is missing.
nlohmann::json mitigations_section(const std::string& root = "");
/// Bytes of a memory page.
long page_bytes();

}  // namespace handoff::machine
