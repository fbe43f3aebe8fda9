// What ThreadSanitizer reports though it does no harm, and why: tests/sanitizer_exclusions.txt.
// Part of the program, so that cells that tests start have it too.
#if defined(__SANITIZE_THREAD__)

extern "C" const char* __tsan_default_suppressions();   // NOLINT: the runtime's name
extern "C" const char* __tsan_default_suppressions() {  // NOLINT
  return "race:boost/lockfree/detail/freelist.hpp\n"
         "race:boost/lockfree/queue.hpp\n"
         "race:write_into_pool\n";
}

#endif
