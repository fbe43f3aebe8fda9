#include "bench/run/journal.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace handoff {

namespace {
[[noreturn]] void fail(const std::string& path, const char* what) {
  throw JournalError(fmt::format("cannot {} {}: {}", what, path, std::strerror(errno)));
}
}  // namespace

Journal Journal::create(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (fd.get() < 0) fail(path, "create");
  return {std::move(fd), path, 0};
}

Journal Journal::append_to(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd.get() < 0) fail(path, "open");
  const auto whole = static_cast<long>(text.rfind('\n') + 1);  // npos + 1 is 0
  if (ftruncate(fd.get(), whole) != 0 || lseek(fd.get(), whole, SEEK_SET) < 0) fail(path, "open");
  return {std::move(fd), path, whole};
}

void Journal::add(const Json& line) {
  pending_ += line.dump(-1, ' ', false, Json::error_handler_t::replace);
  pending_ += '\n';
}

void Journal::flush() {
  if (fd_.get() < 0) return pending_.clear();
  for (std::size_t written = 0; written < pending_.size();) {
    const ssize_t n = write(fd_.get(), pending_.data() + written, pending_.size() - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      const int error = errno;
      // Cutting off half a line needs no disk space; if even that fails, readers ignore the half
      // line.
      if (ftruncate(fd_.get(), length_) == 0) lseek(fd_.get(), length_, SEEK_SET);
      pending_.clear();
      errno = error;
      fail(path_, "write");
    }
    written += static_cast<std::size_t>(n);
  }
  length_ += static_cast<long>(pending_.size());
  pending_.clear();
}

std::vector<Json> read_journal(const std::string& path) {
  const bool packed = !std::filesystem::exists(path) && std::filesystem::exists(path + ".xz");
  std::ifstream on_disk(packed ? path + ".xz" : path, std::ios::binary);
  if (!on_disk)
    throw std::runtime_error(
        fmt::format("there is no journal {}; give the directory of a run", path));
  boost::iostreams::filtering_istream file;
  if (packed) file.push(boost::iostreams::lzma_decompressor());
  file.push(on_disk);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);) {
    const bool torn = file.eof();  // no newline behind it
    Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) {
      if (torn) break;
      throw std::runtime_error(
          fmt::format("line {} of {} is not JSON: the file is damaged, or is no journal of handoff",
                      lines.size() + 1, path));
    }
    if (!torn) lines.push_back(std::move(json));
  }
  if (file.bad())
    throw std::runtime_error(fmt::format("{}.xz is damaged: it cannot be unpacked", path));
  if (lines.empty() || lines[0].value("t", "") != "plan") {
    throw std::runtime_error(
        fmt::format("{} does not begin with a plan, so it is no journal of handoff", path));
  }
  return lines;
}

}  // namespace handoff
