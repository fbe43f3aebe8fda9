#include "bench/interface/shared_memory.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

namespace handoff {

namespace {
[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::byte* map_all(int fd, std::size_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) fail("cannot map shared memory");
  return static_cast<std::byte*>(at);
}
}  // namespace

SharedMemory SharedMemory::create(std::size_t bytes) {
  const int fd = memfd_create("handoff", MFD_CLOEXEC);
  if (fd < 0) fail("cannot create shared memory (memfd_create)");
  SharedMemory memory(fd, nullptr, 0);  // closes the descriptor if what follows throws
  if (ftruncate(fd, static_cast<off_t>(bytes)) != 0) fail("cannot size shared memory");
  memory.data_ = map_all(fd, bytes);
  memory.size_ = bytes;
  return memory;
}

SharedMemory SharedMemory::map(int fd) {
  SharedMemory memory(fd, nullptr, 0);
  struct stat status {};
  if (fstat(fd, &status) != 0) fail("cannot inspect shared memory");
  memory.data_ = map_all(fd, static_cast<std::size_t>(status.st_size));
  memory.size_ = static_cast<std::size_t>(status.st_size);
  return memory;
}

void SharedMemory::populate() const {
  constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE; older headers have no name for it
  madvise(data_, size_, kPopulateWrite);
  // Where the host keeps shadow page tables (nested virtual machines), the first touch by the
  // program itself costs microseconds a page though the kernel has mapped it: 8 us measured.
  constexpr std::size_t kPage = 4096;
  for (std::size_t at = 0; at < size_; at += kPage) {
    // A write that changes nothing, atomic because another process may be at work there.
    std::atomic_ref(*reinterpret_cast<unsigned char*>(data_ + at))
        .fetch_or(0, std::memory_order_relaxed);
  }
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

SharedMemory& SharedMemory::operator=(SharedMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) munmap(data_, size_);
  if (fd_ >= 0) close(fd_);
}

}  // namespace handoff
