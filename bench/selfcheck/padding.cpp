// Code that is never called. It shifts the addresses of everything that is linked after it (see
// layout.cpp). Only handoff-relinked has it.
#include <cstdint>

namespace handoff {

[[gnu::used, gnu::noinline]] std::uint64_t padding(std::uint64_t value) {
#if defined(__x86_64__) || defined(__aarch64__)
  asm volatile(".rept 4321\n nop\n .endr");
#endif
  return value;
}

}  // namespace handoff
