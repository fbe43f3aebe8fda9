# Compiles suite files into the program.
#
#   handoff_embed_suites(OUTPUT.cpp FILE.toml...)
#
# writes OUTPUT.cpp, which defines handoff::suite_text() and handoff::suite_names() of
# bench/suite/suite.h. A suite is named after its file; the order is that of the arguments.
# CMake runs again when a file changes; OUTPUT.cpp is written only if its text changes.
function(handoff_embed_suites output)
  set(texts "")
  set(names "")
  foreach(file IN LISTS ARGN)
    get_filename_component(file "${file}" ABSOLUTE)
    get_filename_component(name "${file}" NAME_WE)
    file(READ "${file}" text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    string(APPEND names "\"${name}\", ")
    string(APPEND texts "  if (name == \"${name}\") return R\"_suite_(${text})_suite_\";\n")
  endforeach()
  set(source "// Generated from bench/suite/ by bench/suite/embed_suites.cmake.
#include \"bench/suite/suite.h\"

namespace handoff {

std::string_view suite_text(std::string_view name) {
${texts}  return {};
}

const std::vector<std::string>& suite_names() {
  static const std::vector<std::string> names{${names}};
  return names;
}

}  // namespace handoff
")
  file(CONFIGURE OUTPUT "${output}" CONTENT "@source@" @ONLY)
endfunction()
