// Memory that a cell, its forked workers and its driver see alike: a memfd, mapped once.
//
// Nothing is left behind when all its users are gone, however they went. Objects in it may hold
// pointers into it only for processes forked after mapping (they see it at the same address).
#pragma once

#include <cstddef>

namespace handoff {

class SharedMemory {
 public:
  SharedMemory() = default;
  /// Fresh zeroed memory; pages are taken only when touched. Throws std::system_error.
  static SharedMemory create(std::size_t bytes);
  /// Maps what another process created (the whole of it). Throws std::system_error.
  static SharedMemory map(int fd);

  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&& other) noexcept;
  ~SharedMemory();

  /// Takes all pages, maps them in this process and touches them, now and not one at a time: a
  /// first touch in the middle of a measurement costs microseconds a page.
  void populate() const;

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  int fd() const { return fd_; }

 private:
  SharedMemory(int fd, std::byte* data, std::size_t size) : fd_(fd), data_(data), size_(size) {}
  int fd_ = -1;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace handoff
