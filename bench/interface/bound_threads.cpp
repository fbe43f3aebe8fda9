#include "bench/interface/bound_threads.h"

#include <pthread.h>

#include <string>
#include <system_error>
#include <utility>

#include "bench/interface/cpu_set.h"

namespace handoff {

namespace {
void bind(pthread_t thread, int cpu) {
  const cpu_set_t set = only_cpu(cpu);
  if (const int error = pthread_setaffinity_np(thread, sizeof set, &set); error != 0) {
    throw std::system_error(error, std::generic_category(),
                            "cannot bind a thread to CPU " + std::to_string(cpu));
  }
}
}  // namespace

BoundThreads::BoundThreads(std::uint32_t size, std::span<const int> cpus, std::size_t first,
                           std::function<void(std::uint32_t)> body, std::function<void()> dismiss)
    : body_(std::move(body)), dismiss_(std::move(dismiss)) {
  threads_.reserve(size);
  try {
    for (std::uint32_t i = 0; i < size; ++i) {
      threads_.emplace_back([this, i] { body_(i); });
      if (!cpus.empty()) bind(threads_.back().native_handle(), cpus[(first + i) % cpus.size()]);
    }
  } catch (...) {
    end();
    throw;
  }
}

BoundThreads::~BoundThreads() { end(); }

void BoundThreads::end() {
  dismiss_();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace handoff
