// What the kernel refused, as an exception.
#pragma once

#include <cerrno>
#include <system_error>

namespace handoff {

/// Throws std::system_error of `error`, an errno value: "cannot make a pipe: Too many open files".
[[noreturn]] inline void throw_errno(const char* what, int error = errno) {
  throw std::system_error(error, std::generic_category(), what);
}

}  // namespace handoff
