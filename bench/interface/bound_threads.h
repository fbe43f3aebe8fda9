// Threads that live as long as their owner, each bound to a CPU or to none.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <thread>
#include <vector>

namespace handoff {

class BoundThreads {
 public:
  /// Starts `size` threads that run `body(i)`, thread i bound to `cpus[(first + i) % cpus.size()]`
  /// (empty: nowhere). `dismiss` makes every body return: it is called by the destructor, which
  /// joins, or here when a thread cannot be made or bound. Throws std::system_error then.
  BoundThreads(std::uint32_t size, std::span<const int> cpus, std::size_t first,
               std::function<void(std::uint32_t)> body, std::function<void()> dismiss);
  BoundThreads(const BoundThreads&) = delete;
  BoundThreads& operator=(const BoundThreads&) = delete;
  ~BoundThreads();

  std::uint32_t size() const { return static_cast<std::uint32_t>(threads_.size()); }

 private:
  void end();

  std::function<void(std::uint32_t)> body_;
  std::function<void()> dismiss_;
  std::vector<std::thread> threads_;
};

}  // namespace handoff
