#include <ostream>

#include "bench/compare/comparison_table.h"
#include "bench/driver/verdict_table.h"
#include "bench/export/export.h"

namespace handoff {

void export_markdown(std::ostream& out, const ExportInput& input) {
  out << (input.is_comparison() ? comparison_markdown(input.results)
                                : summary_markdown(input.results));
}

}  // namespace handoff
