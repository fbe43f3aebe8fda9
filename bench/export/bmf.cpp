// Bencher Metric Format: {benchmark: {measure: {value, lower_value, upper_value}}}.
// Source: bencher.dev, reference, "Bencher Metric Format (BMF)"; its built-in measures are latency
// in nanoseconds and throughput in operations per second.
#include <ostream>

#include "bench/export/export.h"

namespace handoff {

namespace {

/// Missing bounds are left out, since the format has no null.
Json metric(double value, const Json& lower, const Json& upper) {
  Json metric{{"value", value}};
  if (lower.is_number()) metric["lower_value"] = lower;
  if (upper.is_number()) metric["upper_value"] = upper;
  return metric;
}

Json per_second(const Json& ns) { return ns.is_number() ? Json(1e9 / ns.get<double>()) : Json(); }

}  // namespace

void export_bmf(std::ostream& out, const ExportInput& input) {
  Json all = Json::object();
  for_each_speed(input.results, [&](const Json& point, const Json& cell) {
    const Json& ns = cell.at("ns_per_item");
    all[export_name(point, cell)] = {
        {"latency", metric(ns.at("median"), ns.at("lo"), ns.at("hi"))},
        {"throughput",
         metric(cell.at("items_per_second"), per_second(ns.at("hi")), per_second(ns.at("lo")))}};
  });
  out << all.dump(2) << '\n';
}

}  // namespace handoff
