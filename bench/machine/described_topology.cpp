#include "bench/machine/described_topology.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string_view>

#include "bench/machine/files.h"

namespace handoff {
namespace {

constexpr std::size_t kMostXmlBytes = std::size_t{64} << 20;
constexpr rlim_t kReadingCpuSeconds = 20;

using Read = std::function<std::optional<Topology>()>;

/// Whether `read` succeeds in a child: hwloc trusts what it reads, some damaged XML crashes it, and
/// it may say so on stderr.
bool can_be_read(const Read& read) {
  const pid_t child = fork();
  if (child < 0) return read().has_value();
  if (child == 0) {
    const rlimit limit{kReadingCpuSeconds, kReadingCpuSeconds};
    setrlimit(RLIMIT_CPU, &limit);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(1);
    bool whole = false;
    try {
      const auto topology = read();
      whole = topology && !topology->pus.empty();
    } catch (const std::exception&) {  // memory
    }
    _exit(whole ? 0 : 1);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// CPUs that a synthetic description asks for; 0 if that cannot be told. hwloc would make them all,
/// however many. What stands in () and [] are attributes, and levels beside the tree.
std::size_t cpus_asked_for(std::string_view description) {
  std::string levels;
  int depth = 0;
  for (const char c : description) {
    if (c == '(' || c == '[') ++depth;
    if (depth == 0) levels += c;
    if (c == ')' || c == ']') --depth;
  }
  double cpus = 1;
  for (const std::string& level : machine::split(levels, " \t\n")) {
    const std::string_view count = std::string_view(level).substr(level.find(':') + 1);
    const std::optional<double> number = machine::to_number(count);
    if (number) cpus *= *number;
  }
  return cpus < 0 || cpus > 1e15 ? SIZE_MAX : static_cast<std::size_t>(cpus);
}

std::optional<Topology> from_xml(const std::string& path, std::string& error) {
  const auto refuse = [&](std::string_view why) {
    error =
        fmt::format("--topology '{}' {}; give a file that 'lstopo machine.xml' wrote", path, why);
    return std::nullopt;
  };
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    return refuse(fmt::format("cannot be read ({})", std::strerror(errno)));
  }
  if (S_ISDIR(status.st_mode)) return refuse("is a directory");
  std::ifstream in(path, std::ios::binary);
  std::string xml(kMostXmlBytes + 1, '\0');
  errno = 0;
  in.read(xml.data(), static_cast<std::streamsize>(xml.size()));
  if (!in.is_open() || in.bad()) {
    return refuse(fmt::format("cannot be read ({})", std::strerror(errno)));
  }
  xml.resize(static_cast<std::size_t>(in.gcount()));
  if (xml.size() > kMostXmlBytes) return refuse("is larger than 64 MiB");
  const Read read = [&xml] { return xml_topology(xml); };
  if (!can_be_read(read)) return refuse("is no XML file that hwloc can read");
  return read();
}

std::optional<Topology> from_description(const std::string& text, std::string& error) {
  const Read read = [&text] { return synthetic_topology(text); };
  const std::size_t asked = cpus_asked_for(text);
  if (asked > kMostDescribedCpus || !can_be_read(read)) {
    error = asked > kMostDescribedCpus
                ? fmt::format("--topology '{}' has more than {} CPUs; give a smaller machine", text,
                              kMostDescribedCpus)
                : fmt::format(
                      "--topology '{}' is neither a file nor a machine that hwloc understands; "
                      "give one such as 'pack:2 l3:8 core:4 pu:2', or a file that 'lstopo "
                      "machine.xml' wrote",
                      text);
    return std::nullopt;
  }
  return read();
}

/// No level of a description has a slash or ends like this.
bool names_a_file(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(".xml") ||
         access(text.c_str(), F_OK) == 0;
}

}  // namespace

std::optional<Topology> described_topology(const std::string& text, std::string& error) {
  auto topology = names_a_file(text) ? from_xml(text, error) : from_description(text, error);
  if (topology && topology->pus.size() > kMostDescribedCpus) {
    error = fmt::format("--topology '{}' has {} CPUs, more than {}; give a smaller machine", text,
                        topology->pus.size(), kMostDescribedCpus);
    return std::nullopt;
  }
  return topology;
}

}  // namespace handoff
