#include "bench/cell/protocol.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace handoff {

Json to_json(const Workload& workload) {
  Json json{{"producers", workload.producers},     {"consumers", workload.consumers},
            {"payload", workload.payload},         {"capacity", workload.capacity},
            {"transfer", name(workload.transfer)}, {"wait", name(workload.wait)},
            {"spin_ns", workload.spin_ns}};
  if (workload.beside != 0) {
    json["beside"] = workload.beside;
    json["beside_capacity"] = workload.beside_capacity;
  }
  return json;
}

Workload workload_from(const Json& json) {
  return {.producers = json.at("producers"),
          .consumers = json.at("consumers"),
          .payload = json.at("payload"),
          .capacity = json.at("capacity"),
          .transfer = transfer_named(json.at("transfer").get<std::string>()).value(),
          .wait = wait_named(json.value("wait", std::string(name(Wait::kSpinBlock)))).value(),
          .spin_ns = json.value("spin_ns", Workload{}.spin_ns),
          .beside = json.value("beside", 0U),
          .beside_capacity = json.value("beside_capacity", 0U)};
}

Json OpenRequest::to_json() const {
  return {{"do", "open"},
          {"strategy", strategy},
          {"plugin", plugin},
          {"workload", handoff::to_json(workload)},
          {"cpus", cpus},
          {"spin_ticks", spin_ticks},
          {"max_items", max_items},
          {"counter", tick_source == TickSource::kCounter},
          {"ns_per_tick", ns_per_tick},
          {"seed", seed},
          {"delays", delays},
          {"pauses", pauses}};
}

OpenRequest OpenRequest::from(const Json& json) {
  return {.strategy = json.at("strategy"),
          .plugin = json.value("plugin", ""),
          .workload = workload_from(json.at("workload")),
          .cpus = json.at("cpus"),
          .spin_ticks = json.at("spin_ticks"),
          .max_items = json.at("max_items"),
          .tick_source = json.at("counter") ? TickSource::kCounter : TickSource::kClock,
          .ns_per_tick = json.at("ns_per_tick"),
          .seed = json.at("seed"),
          .delays = json.value("delays", std::uint64_t{0}),
          .pauses = json.value("pauses", false)};
}

Json OpenReply::to_json() const {
  if (!unsupported.empty()) return {{"unsupported", unsupported}};
  if (!error.empty()) return {{"error", error}};
  return {{"open", true}, {"note", note}, {"bound", bound}};
}

OpenReply OpenReply::from(const Json& json) {
  return {.note = json.value("note", ""),
          .unsupported = json.value("unsupported", ""),
          .error = json.value("error", ""),
          .bound = json.value("bound", false)};
}

Json SliceRequest::to_json() const { return {{"do", "slice"}, {"slice", slice}, {"items", items}}; }

SliceRequest SliceRequest::from(const Json& json) {
  return {.slice = json.at("slice"), .items = json.at("items")};
}

Json SliceReply::to_json() const {
  return {{"slice", slice},
          {"verdict", name(outcome.verdict)},
          {"reason", outcome.reason},
          {"items", items},
          {"window_items", window_items},
          {"elapsed_ns", elapsed_ns},
          {"whole_ns", whole_ns},
          {"cpu_ns", cpu_ns},
          {"voluntary", voluntary},
          {"involuntary", involuntary},
          {"run_delay_ns", run_delay_ns},
          {"under_way", under_way},
          {"slowest_share", slowest_share},
          {"fastest_share", fastest_share},
          {"parked_cpu_ns", parked_cpu_ns},
          {"parked_wall_ns", parked_wall_ns},
          {"missed_wakeups", missed_wakeups}};
}

SliceReply SliceReply::from(const Json& json) {
  const std::string verdict = json.at("verdict");
  const std::optional<CellVerdict> known = cell_verdict(verdict);
  if (!known) throw std::runtime_error("the cell gave the unknown verdict '" + verdict + "'");
  return {.slice = json.at("slice"),
          .outcome = {*known, json.value("reason", "")},
          .items = json.at("items"),
          .window_items = json.at("window_items"),
          .elapsed_ns = json.at("elapsed_ns"),
          .whole_ns = json.at("whole_ns"),
          .cpu_ns = json.at("cpu_ns"),
          .voluntary = json.value("voluntary", 0.0),
          .involuntary = json.value("involuntary", 0.0),
          .run_delay_ns = json.value("run_delay_ns", -1.0),
          .under_way = json.value("under_way", 0.0),
          .slowest_share = json.value("slowest_share", 1.0),
          .fastest_share = json.value("fastest_share", 1.0),
          .parked_cpu_ns = json.value("parked_cpu_ns", 0.0),
          .parked_wall_ns = json.value("parked_wall_ns", 0.0),
          .missed_wakeups = json.value("missed_wakeups", std::uint64_t{0})};
}

Json CloseReply::to_json() const {
  return {{"close", true}, {"peak_memory_bytes", peak_memory_bytes}};
}

CloseReply CloseReply::from(const Json& json) {
  return {.peak_memory_bytes = json.value("peak_memory_bytes", 0.0)};
}

void LineChannel::send(const Json& message) {
  const std::string line = message.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0)
      throw std::system_error(errno, std::generic_category(), "the cell cannot be reached");
    sent += static_cast<std::size_t>(n);
  }
}

void LineChannel::await_input() {
  pollfd ready{fd_, POLLIN, 0};
  while (poll(&ready, 1, -1) < 0 && errno == EINTR) {
  }
}

std::optional<Json> LineChannel::receive(int timeout_ms) {
  for (;;) {
    if (const std::size_t end = pending_.find('\n'); end != std::string::npos) {
      const std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      try {
        return Json::parse(line);
      } catch (const Json::exception&) {
        throw std::runtime_error("the cell said what is not JSON: " + line.substr(0, 120));
      }
    }
    pollfd ready{fd_, POLLIN, 0};
    const int n = poll(&ready, 1, timeout_ms);
    if (n < 0 && errno == EINTR) {
      if (timeout_ms >= 0) return std::nullopt;  // the caller looks at what interrupted it
      continue;
    }
    if (n == 0) return std::nullopt;
    char buffer[4096];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      throw std::system_error(got < 0 ? errno : ECONNRESET, std::generic_category(),
                              "the other end is gone");
    }
    pending_.append(buffer, static_cast<std::size_t>(got));
  }
}

}  // namespace handoff
