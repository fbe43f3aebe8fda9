#include "bench/machine/build_info.h"

#include <fmt/core.h>
#include <hwloc.h>

#include <CLI/Version.hpp>
#include <boost/version.hpp>
#include <set>
#include <string>
#include <string_view>

#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

#if defined(__has_feature)
#define HANDOFF_HAS_FEATURE(name) __has_feature(name)
#else
#define HANDOFF_HAS_FEATURE(name) 0
#endif

namespace handoff {

std::string version() { return HANDOFF_VERSION; }
using Json = nlohmann::json;

namespace {

#if defined(__clang__)
constexpr std::string_view kCompiler = "clang";
constexpr std::string_view kCompilerVersion = __clang_version__;
#elif defined(__GNUC__)
constexpr std::string_view kCompiler = "gcc";
constexpr std::string_view kCompilerVersion = __VERSION__;
#else
constexpr std::string_view kCompiler = "unknown";
constexpr std::string_view kCompilerVersion = "unknown";
#endif

#if defined(HANDOFF_CXX_FLAGS)
constexpr std::string_view kFlags = HANDOFF_CXX_FLAGS;
#else
constexpr std::string_view kFlags;
#endif

#if defined(HANDOFF_BUILD_TYPE)
constexpr std::string_view kBuildType = HANDOFF_BUILD_TYPE;
#else
constexpr std::string_view kBuildType;
#endif

#if defined(__OPTIMIZE__)
constexpr bool kOptimised = true;
#else
constexpr bool kOptimised = false;
#endif

Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

Json sanitizers() {
  std::set<std::string> found;
#if defined(__SANITIZE_ADDRESS__) || HANDOFF_HAS_FEATURE(address_sanitizer)
  found.insert("address");
#endif
#if defined(__SANITIZE_THREAD__) || HANDOFF_HAS_FEATURE(thread_sanitizer)
  found.insert("thread");
#endif
#if HANDOFF_HAS_FEATURE(memory_sanitizer)
  found.insert("memory");
#endif
  // g++ 12 has no macro for it.
  const bool undefined = kFlags.find("-fsanitize=") != std::string_view::npos &&
                         kFlags.find("undefined") != std::string_view::npos;
  if (undefined) found.insert("undefined");
  return found;
}

Json standard_library() {
#if defined(_GLIBCXX_RELEASE)
  return fmt::format("libstdc++ {}", _GLIBCXX_RELEASE);
#elif defined(_LIBCPP_VERSION)
  return fmt::format("libc++ {}", _LIBCPP_VERSION);
#else
  return nullptr;
#endif
}

Json libc() {
#if defined(__GLIBC__)
  return fmt::format("glibc {}", gnu_get_libc_version());
#else
  return nullptr;
#endif
}

}  // namespace

Json build_section() {
  return {{"compiler", kCompiler},
          {"version", kCompilerVersion},
          {"flags", text_or_null(kFlags)},
          {"build_type", text_or_null(kBuildType)},
          {"optimised", kOptimised},
          {"sanitizers", sanitizers()},
          {"standard_library", standard_library()},
          {"libc", libc()}};
}

Json libraries_section() {
  return {{"boost", fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000,
                                BOOST_VERSION % 100)},
          {"cli11", CLI11_VERSION},
          {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100,
                              FMT_VERSION % 100)},
          {"hwloc", HWLOC_VERSION},
          {"nlohmann_json", fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR,
                                        NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH)}};
}

}  // namespace handoff
