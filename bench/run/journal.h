// The append-only record of a run: lines of JSON, flushed after every block.
//
// The file survives a crash, Ctrl-C and kill -9 of the driver. An incomplete last line is cut off
// when the run is resumed. Only one thread writes.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/posix/unique_fd.h"

namespace handoff {

using Json = nlohmann::json;

/// The journal cannot be written (for example, the disk is full). Lines flushed before are intact.
class JournalError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Journal {
 public:
  /// Creates `path`; throws JournalError if it cannot, or if it exists.
  static Journal create(const std::string& path);
  /// Appends to an existing journal, behind its last whole line.
  static Journal append_to(const std::string& path);

  /// Writes no file: for checks that need only the RunRecord.
  static Journal discarding() { return {UniqueFd(), "", 0}; }

  void add(const Json& line);
  /// Hands all lines added so far to the kernel. Throws JournalError; the file then ends with the
  /// last whole line.
  void flush();

 private:
  Journal(UniqueFd fd, std::string path, long length)
      : fd_(std::move(fd)), path_(std::move(path)), length_(length) {}

  UniqueFd fd_;
  std::string path_;
  long length_;  // of whole lines in the file
  std::string pending_;
};

/// All complete lines of a journal, or of `path`.xz if there is no `path`. Throws
/// std::runtime_error with a sentence if there is no journal, if a line inside it is not JSON, or
/// if the packed file is damaged.
std::vector<Json> read_journal(const std::string& path);

}  // namespace handoff
