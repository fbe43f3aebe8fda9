#include "bench/cell/plugin.h"

#include <dlfcn.h>
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/cell/descriptor_json.h"

namespace handoff {

namespace {

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw std::runtime_error(file + " is no plug-in that can be used: " + why);
}

/// dlerror's words without the file in front, which the sentence begins with.
std::string loader_says(const std::string& file) {
  const char* text = dlerror();
  std::string said = text == nullptr ? "it cannot be loaded" : text;
  if (said.starts_with(file + ": ")) said.erase(0, file.size() + 2);
  if (said.find("undefined symbol") != std::string::npos) {
    said += " (built for another handoff, or a library is missing)";
  }
  return said;
}

}  // namespace

std::vector<const Descriptor*> load_plugin(const std::string& file) {
  if (access(file.c_str(), R_OK) != 0) {
    throw std::runtime_error("there is no plug-in " + file + " that can be read");
  }
  std::vector<const Descriptor*> found;
  divert_registration(&found);
  const void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  divert_registration(nullptr);
  if (library == nullptr) refuse(file, loader_says(file));
  if (!registration_error().empty()) refuse(file, registration_error());
  if (found.empty()) {
    refuse(file, "it holds no strategy; a strategy file ends with HANDOFF_STRATEGY(...)");
  }
  return found;
}

int plugin_main(const char* file) {
  nlohmann::json told;
  try {
    nlohmann::json all = nlohmann::json::array();
    for (const Descriptor* strategy : load_plugin(file)) {
      all.push_back(descriptor_json(*strategy));
    }
    told = {{"strategies", std::move(all)}};
  } catch (const std::exception& error) {
    told = {{"error", error.what()}};
  }
  std::cout << told.dump() << std::endl;
  return 0;
}

}  // namespace handoff
