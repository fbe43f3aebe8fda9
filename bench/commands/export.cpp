#include "bench/commands/export.h"

#include <fmt/format.h>

#include <fstream>

#include "bench/export/export.h"
#include "bench/results/result_files.h"
#include "bench/results/run_directory.h"
#include "bench/run/journal.h"
#include "bench/suite/nearest.h"
#include "bench/suite/suite_values.h"

namespace handoff {

namespace {

using Writer = void (*)(std::ostream&, const ExportInput&);

struct Format {
  const char* name;
  Writer of_run;
  Writer of_comparison;  // null: the format cannot hold a comparison
};
constexpr Format kFormats[] = {{"csv", export_cells_csv, export_changes_csv},
                               {"markdown", export_markdown, export_markdown},
                               {"bigger-is-better", export_bigger_is_better, nullptr},
                               {"bmf", export_bmf, nullptr},
                               {"junit", export_junit, export_junit}};

Writer writer_of(const ExportOptions& options, const ExportInput& input) {
  const std::string name = parse_name("--format", options.format, export_formats());
  for (const Format& format : kFormats) {
    if (name != format.name) continue;
    if (!input.is_comparison()) return options.slices ? export_slices_csv : format.of_run;
    if (format.of_comparison != nullptr) return format.of_comparison;
    throw UsageError(fmt::format(
        "{} holds a comparison, which the format {} cannot express; use csv, markdown or junit, or "
        "export the runs themselves",
        options.directory, name));
  }
  return nullptr;
}

}  // namespace

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Format& format : kFormats) all.emplace_back(format.name);
    return all;
  }();
  return names;
}

int export_command(const ExportOptions& options, std::ostream& out) {
  if (options.slices && options.format != "csv") {
    throw UsageError(fmt::format(
        "--slices works with --format csv only, not with --format {}; leave out --slices",
        options.format));
  }
  ExportInput input{read_results_or_comparison(options.directory), {}};
  const Writer write = writer_of(options, input);
  if (options.slices) {
    if (input.is_comparison()) {
      throw UsageError(fmt::format(
          "--slices needs the directory of a run, and {} holds a comparison", options.directory));
    }
    input.journal = read_journal(RunDirectory{options.directory}.journal());
  }
  if (options.out.empty()) {
    write(out, input);
    return 0;
  }
  std::ofstream file(options.out, std::ios::binary);
  write(file, input);
  file.close();
  if (!file) {
    throw UsageError(fmt::format(
        "--out '{}' cannot be written; give a file in a directory that exists and is writable",
        options.out));
  }
  return 0;
}

}  // namespace handoff
