#include "bench/commands/env.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "bench/machine/cpus.h"
#include "bench/machine/environment.h"
#include "bench/machine/files.h"

namespace handoff {
using Json = nlohmann::json;

namespace {

constexpr std::size_t kLabelWidth = 15;

/// A value as text: null is "unknown", strings have no quotes.
std::string shown(const Json& value) {
  if (value.is_null()) return "unknown";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  return value.dump();
}

std::string bytes(const Json& value) {
  if (!value.is_number()) return "unknown";
  double amount = value.get<double>();
  const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < std::size(units); ++unit) amount /= 1024;
  return amount < 10 && unit > 0 ? fmt::format("{:.3g} {}", amount, units[unit])
                                 : fmt::format("{:.0f} {}", amount, units[unit]);
}

std::string share(const Json& value) {
  return value.is_number() ? fmt::format("{:.2f} %", 100 * value.get<double>()) : "unknown";
}

std::string megahertz(const Json& value) {
  return value.is_number() ? fmt::format("{:.0f} MHz", value.get<double>()) : "unknown";
}

std::string counted(const Json& count, std::string_view noun) {
  return fmt::format("{} {}{}", shown(count), noun, count == Json(1) ? "" : "s");
}

std::string cpu_list(const Json& cpus) {
  if (!cpus.is_array()) return "unknown";
  return cpus.empty() ? "none" : format_cpu_list(cpus.get<std::vector<int>>());
}

class Page {
 public:
  explicit Page(std::size_t width) : width_(width) {}

  void section(std::string_view title) { text_ += fmt::format("{}{}\n", gap(), title); }
  void line(std::string_view label, std::string_view value) {
    wrapped(fmt::format("  {:<{}}", label, kLabelWidth), value);
  }
  /// `lead`, then `value`, broken at spaces; further lines start below its first character.
  void wrapped(const std::string& lead, std::string_view value) {
    std::string current = lead;
    bool empty = true;
    for (const auto& word : machine::split(value, " ")) {
      if (!empty && current.size() + 1 + word.size() > width_) {
        text_ += current + '\n';
        current.assign(lead.size(), ' ');
        empty = true;
      }
      current += (empty ? "" : " ") + word;
      empty = false;
    }
    text_ += current + '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string_view gap() const { return text_.empty() ? "" : "\n"; }

  std::size_t width_;
  std::string text_;
};

std::string cache_text(const Json& cache) {
  return fmt::format("{}{}, lines of {}, shared by {}",
                     cache["count"] == Json(1) ? "" : shown(cache["count"]) + " x ",
                     bytes(cache["size_bytes"]), bytes(cache["line_bytes"]),
                     counted(cache["shared_by"], "CPU"));
}

void put_processor(Page& page, const Json& env) {
  const Json& cpu = env["cpu"];
  page.section("Processor");
  page.line("model", fmt::format("{} ({}, {})", shown(cpu["model"]), shown(cpu["vendor"]),
                                 shown(cpu["arch"])));
  page.line("frequency", fmt::format("{} now, highest {}", megahertz(cpu["frequency_mhz"]),
                                     megahertz(cpu["frequency_max_mhz"])));
  page.line("governor", shown(env["governor"]));
  page.line("turbo", shown(env["turbo"]));
  page.line("microcode", shown(cpu["microcode"]));
  page.line("TSC", fmt::format("constant {}, nonstop {}", shown(env["tsc"]["constant"]),
                               shown(env["tsc"]["nonstop"])));
  page.line("counters", env["counters"]["available"] == Json(true)
                            ? "available"
                            : "none: " + shown(env["counters"]["reason"]));
}

void put_topology(Page& page, const Json& env) {
  const Json& topology = env["topology"];
  const Json& allowed = env["allowed"];
  page.section("Topology");
  page.line("CPUs", fmt::format("{} in {}, {}, {}", counted(topology["pus"], "CPU"),
                                counted(topology["cores"], "core"),
                                counted(topology["packages"], "package"),
                                counted(topology["numa_nodes"], "NUMA node")));
  page.line("SMT", shown(topology["smt"]));
  for (const auto& cache : topology["caches"]) {
    page.line(fmt::format("L{} {}", shown(cache["level"]), shown(cache["type"])),
              cache_text(cache));
  }
  page.line("allowed", cpu_list(allowed["cpus"]));
  page.line("quota", allowed["quota"].is_null() ? "none" : shown(allowed["quota"]) + " CPUs");
  page.line("usable", counted(allowed["usable"], "CPU"));
  page.line("isolated", cpu_list(allowed["isolated"]));
}

void put_system(Page& page, const Json& env) {
  const Json& memory = env["memory"];
  const Json& kernel = env["kernel"];
  const Json& around = env["virtualisation"];
  page.section("System");
  page.line("host id", shown(env["host"]["host_id"]));
  page.line("system", shown(env["host"]["system"]));
  page.line("kernel", shown(kernel["release"]) + " " + shown(kernel["version"]));
  page.line("preemption", shown(kernel["preempt"]));
  page.line("clock source", shown(env["clocksource"]));
  std::string machine = shown(around["hypervisor"]);
  if (!around["vendor"].is_null()) machine += ", " + shown(around["vendor"]);
  page.line("virtual", machine);
  page.line("container", around["container"].is_null() ? "none seen" : shown(around["container"]));
  page.line("memory",
            fmt::format("{} of {} available, container limit {}", bytes(memory["available_bytes"]),
                        bytes(memory["total_bytes"]),
                        memory["limit_bytes"].is_null() ? "none" : bytes(memory["limit_bytes"])));
  page.line("pages", fmt::format("{}, transparent huge pages {}", bytes(memory["page_bytes"]),
                                 shown(memory["transparent_hugepage"])));
}

void put_state(Page& page, const Json& env) {
  const Json& load = env["load_average"];
  page.section("At this moment");
  page.line("load average", load.is_array() ? fmt::format("{} {} {}", shown(load[0]),
                                                          shown(load[1]), shown(load[2]))
                                            : "unknown");
  page.line("stolen",
            fmt::format("{} over the last {} ms, {} since boot", share(env["steal"]["share_now"]),
                        shown(env["steal"]["window_ms"]), share(env["steal"]["share_since_boot"])));
  page.line("memory stalls", share(env["memory"]["pressure"]));
}

void put_mitigations(Page& page, const Json& env) {
  page.section("Mitigations");
  if (!env["mitigations"].is_object()) return page.line("unknown", "");
  std::string unaffected;
  for (const auto& [name, text] : env["mitigations"].items()) {
    if (text == Json("Not affected")) {
      unaffected += (unaffected.empty() ? "" : ", ") + name;
    } else {
      page.wrapped(fmt::format("  {:<25}", name), shown(text));
    }
  }
  if (!unaffected.empty()) page.wrapped(fmt::format("  {:<25}", "not affected"), unaffected);
}

void put_build(Page& page, const Json& env) {
  const Json& build = env["build"];
  page.section("Program");
  page.line("compiler", shown(build["compiler"]) + " " + shown(build["version"]));
  page.line("build type",
            fmt::format("{}, optimised {}", shown(build["build_type"]), shown(build["optimised"])));
  page.line("flags", shown(build["flags"]));
  std::string libraries = shown(build["standard_library"]) + ", " + shown(build["libc"]);
  for (const auto& [name, version] : env["libraries"].items()) {
    libraries += ", " + name + " " + shown(version);
  }
  page.line("libraries", libraries);
}

void put_warnings(Page& page, const Json& env) {
  const Json& warnings = env["warnings"];
  page.section(warnings.empty() ? "No problem for measurements was found."
                                : "Problems for measurements on this machine");
  std::size_t number = 0;
  for (const auto& warning : warnings) {
    page.wrapped(fmt::format("{:>3}. ", ++number), shown(warning["what"]));
    page.wrapped("     remedy: ", shown(warning["remedy"]));
  }
}

}  // namespace

std::string environment_text(const Json& environment, std::size_t width) {
  Page page(width);
  put_processor(page, environment);
  put_topology(page, environment);
  put_system(page, environment);
  put_state(page, environment);
  put_mitigations(page, environment);
  put_build(page, environment);
  put_warnings(page, environment);
  return page.take();
}

int env_command(bool json, std::ostream& out) {
  const auto environment = describe_environment();
  if (json) {
    out << environment.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    out << environment_text(environment);
  }
  return 0;
}

}  // namespace handoff
