#include "bench/machine/virtualisation.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "bench/machine/cpu_info.h"
#include "bench/machine/files.h"
#include "bench/machine/nullable.h"

namespace handoff {
using Json = nlohmann::json;

namespace {

using machine::cpu_flag;
using machine::nullable;
using machine::read_word;
using Names = std::pair<std::string_view, std::string_view>;

template <std::size_t N>
std::optional<std::string> known(const std::string& text, const std::array<Names, N>& names) {
  for (const auto& [part, name] : names) {
    if (text.find(part) != std::string::npos) return std::string(name);
  }
  return std::nullopt;
}

/// Twelve characters in three registers, e.g. "KVMKVMKVM".
std::optional<std::string> cpuid_signature() {
#if defined(__x86_64__)
  constexpr unsigned kHypervisorLeaf = 0x40000000U;
  std::array<unsigned, 4> registers{};
  __cpuid(kHypervisorLeaf, registers[0], registers[1], registers[2], registers[3]);
  std::array<char, 13> text{};
  std::memcpy(text.data(), &registers[1], 12);
  const std::string_view signature = machine::trimmed(text.data());
  if (signature.empty()) return std::nullopt;
  return std::string(signature);
#else
  return std::nullopt;
#endif
}

/// A guest kernel that uses its hypervisor's clock knows whose it is; signatures can be made up.
std::optional<std::string> clock_vendor(const std::string& root) {
  constexpr std::array<Names, 3> kClocks{
      {{"kvm-clock", "KVM"}, {"hyperv_clocksource", "Hyper-V"}, {"xen", "Xen"}}};
  const auto clocks =
      read_word(root, "/sys/devices/system/clocksource/clocksource0/available_clocksource");
  return known(clocks.value_or(""), kClocks);
}

std::optional<std::string> dmi_vendor(const std::string& root) {
  constexpr std::array<Names, 9> kProducts{{{"QEMU", "KVM (QEMU)"},
                                            {"KVM", "KVM"},
                                            {"Amazon EC2", "Amazon EC2"},
                                            {"Google", "Google Compute Engine"},
                                            {"VMware", "VMware"},
                                            {"VirtualBox", "VirtualBox"},
                                            {"Virtual Machine", "Hyper-V"},
                                            {"Xen", "Xen"},
                                            {"OpenStack", "OpenStack"}}};
  const auto vendor = read_word(root, "/sys/class/dmi/id/sys_vendor").value_or("");
  const auto product = read_word(root, "/sys/class/dmi/id/product_name").value_or("");
  return known(vendor + " " + product, kProducts);
}

std::optional<std::string> vendor_of(const std::string& root) {
  constexpr std::array<Names, 9> kSignatures{{{"KVMKVMKVM", "KVM"},
                                              {"Linux KVM Hv", "KVM"},
                                              {"Microsoft Hv", "Hyper-V"},
                                              {"VMwareVMware", "VMware"},
                                              {"XenVMMXenVMM", "Xen"},
                                              {"VBoxVBoxVBox", "VirtualBox"},
                                              {"TCGTCGTCGTCG", "QEMU without KVM"},
                                              {"bhyve", "bhyve"},
                                              {"ACRNACRNACRN", "ACRN"}}};
  if (auto name = clock_vendor(root)) return name;
  if (root.empty()) {
    if (auto name = known(cpuid_signature().value_or(""), kSignatures)) return name;
  }
  if (auto type = read_word(root, "/sys/hypervisor/type")) return type;
  if (auto name = dmi_vendor(root)) return name;
  return read_word(root, "/proc/device-tree/hypervisor/compatible");
}

bool present(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::optional<std::string> container_of(const std::string& root) {
  if (present(root + "/.dockerenv")) return "docker";
  if (present(root + "/run/.containerenv")) return "podman";
  if (auto name = read_word(root, "/run/systemd/container")) return name;
  constexpr std::array<Names, 4> kGroups{
      {{"kubepods", "kubernetes"}, {"docker", "docker"}, {"libpod", "podman"}, {"lxc", "lxc"}}};
  return known(machine::read_text(root, "/proc/self/cgroup").value_or(""), kGroups);
}

}  // namespace

Json virtualisation_section(const std::string& root) {
  std::optional<bool> hypervisor = cpu_flag("hypervisor", root);
  std::optional<std::string> vendor;
  // A physical x86 host may still answer the hypervisor leaf with rubbish: the flag decides there.
  if (hypervisor.value_or(true)) vendor = vendor_of(root);
  if (vendor && !hypervisor) hypervisor = true;
  return {{"hypervisor", nullable(hypervisor)},
          {"vendor", nullable(vendor)},
          {"container", nullable(container_of(root))}};
}

}  // namespace handoff
