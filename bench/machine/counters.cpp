#include "bench/machine/counters.h"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/machine/files.h"

namespace handoff {

std::string counter_failure(int error, const std::string& root) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return "the CPU, or its hypervisor, offers no cycle counter";
    case EACCES:
    case EPERM:
      return fmt::format(
          "not permitted (kernel.perf_event_paranoid is {}, or the container forbids it)",
          machine::read_word(root, "/proc/sys/kernel/perf_event_paranoid").value_or("unknown"));
    case ENOSYS:
      return "the kernel, or the container's filter, has no perf_event_open";
    default:
      return fmt::format("perf_event_open failed: {}", std::strerror(error));
  }
}

nlohmann::json counters_section(const std::string& root) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.config = PERF_COUNT_HW_CPU_CYCLES;
  attributes.disabled = 1;
  attributes.exclude_kernel = 1;  // what an ordinary user may count
  attributes.exclude_hv = 1;
  const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return {{"available", false}, {"reason", counter_failure(errno, root)}};
  close(static_cast<int>(fd));
  return {{"available", true}, {"reason", nullptr}};
}

}  // namespace handoff
