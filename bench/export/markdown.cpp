#include <ostream>

#include "bench/export/export.h"
#include "bench/gate/comparison_table.h"
#include "bench/results/verdict_table.h"

namespace handoff {

void export_markdown(std::ostream& out, const ExportInput& input) {
  out << (input.is_comparison() ? comparison_markdown(input.results)
                                : summary_markdown(input.results));
}

}  // namespace handoff
