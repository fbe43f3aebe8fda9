// Whether this is a virtual machine or a container, and whose.
//
// Source: the CPU flag `hypervisor`, the kernel's clock sources, /sys/hypervisor/type,
// /proc/device-tree/hypervisor, DMI names, and CPUID leaf 0x40000000 on x86; marker files of
// container runtimes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace handoff {

/// {hypervisor: bool, vendor, container}; null where nothing says. CPUID is asked only where `root`
/// is empty, that is, on a real machine.
nlohmann::json virtualisation_section(const std::string& root = "");

}  // namespace handoff
