#include "bench/posix/whole_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace handoff {

void write_whole_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".part";
  errno = 0;
  std::ofstream file(beside, std::ios::binary);
  file << text;
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::remove(beside.c_str());
    throw std::runtime_error(fmt::format("cannot write {}: {}", path, why));
  }
}

}  // namespace handoff
