// What a plug-in and the program that loads it must have in common: the interface as they were
// compiled, the compiler, the library, the language. One text, compared as a whole.
//
// A plug-in carries the tag of its own headers; add_strategy() refuses another than the program's
// before it looks at the descriptor, whose layout may differ.
#pragma once

/// Moves with every change of what a strategy sees.
#define HANDOFF_INTERFACE "2"

#define HANDOFF_TEXT_(x) #x
#define HANDOFF_TEXT(x) HANDOFF_TEXT_(x)

#if defined(__clang__)
#define HANDOFF_COMPILER "clang " HANDOFF_TEXT(__clang_major__)
#else
#define HANDOFF_COMPILER "gcc " HANDOFF_TEXT(__GNUC__)
#endif

#if defined(_LIBCPP_VERSION)
#define HANDOFF_LIBRARY "libc++ " HANDOFF_TEXT(_LIBCPP_VERSION)
#else
#define HANDOFF_LIBRARY "libstdc++ abi " HANDOFF_TEXT(_GLIBCXX_USE_CXX11_ABI)
#endif

#if defined(__SANITIZE_ADDRESS__)
#define HANDOFF_SANITIZER ", AddressSanitizer"
#elif defined(__SANITIZE_THREAD__)
#define HANDOFF_SANITIZER ", ThreadSanitizer"
#else
#define HANDOFF_SANITIZER ""
#endif

namespace handoff {

inline constexpr char kInterfaceTag[] =
    "interface " HANDOFF_INTERFACE ", " HANDOFF_COMPILER ", " HANDOFF_LIBRARY
    ", C++ " HANDOFF_TEXT(__cplusplus) HANDOFF_SANITIZER;

}  // namespace handoff
