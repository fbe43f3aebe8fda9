// A second thread that does one thing at a time, while its owner waits for it.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace handoff::broken {

class Partner {
 public:
  Partner() : thread_([this] { serve(); }) {}
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;
  ~Partner() {
    work_ = nullptr;
    pass();
    thread_.join();
  }

  void have_done(const std::function<void()>& work) {
    work_ = &work;
    pass();
    turn_.wait(1, std::memory_order_acquire);
  }

 private:
  void pass() {
    turn_.store(1, std::memory_order_release);
    turn_.notify_one();
  }
  void serve() {
    for (;;) {
      turn_.wait(0, std::memory_order_acquire);
      if (work_ == nullptr) return;
      (*work_)();
      turn_.store(0, std::memory_order_release);
      turn_.notify_one();
    }
  }

  const std::function<void()>* work_ = nullptr;  // whoever has the turn
  std::atomic<int> turn_{0};                     // 0: the owner's, 1: the partner's
  std::thread thread_;
};

}  // namespace handoff::broken
