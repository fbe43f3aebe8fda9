// What ThreadSanitizer reports inside Boost and is right about, but that does no harm; see
// tests/sanitizer_exclusions.txt. Part of the program, so that cells that tests start have it too.
#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_suppressions();   // NOLINT: the runtime's name
extern "C" const char* __tsan_default_suppressions() {  // NOLINT
  return "race:boost/lockfree/detail/freelist.hpp\n"
         "race:boost/lockfree/queue.hpp\n";
}

#endif
