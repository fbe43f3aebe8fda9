#include "bench/commands/compare.h"

#include "bench/gate/compare.h"
#include "bench/gate/comparison_table.h"
#include "bench/results/result_files.h"

namespace handoff {

int compare_command(const CompareOptions& options, std::ostream& out) {
  const nlohmann::json comparison =
      compare_runs(read_results(options.base), read_results(options.head), options.base,
                   options.head, options.anyway);
  const bool comparable = comparison.at("verdict") != "not comparable";
  if (options.json) {
    out << comparison.dump(1) << '\n';
  } else if (comparable) {
    print_comparison(out, comparison);
  } else {
    out << comparison_sentence(comparison) << " (--anyway compares them nevertheless)\n";
  }
  return comparable ? 0 : 3;
}

}  // namespace handoff
