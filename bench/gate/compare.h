// Two whole runs side by side: what changed from BASE to HEAD?
//
// Two runs are two states of the machine, and absolute times differ by factors. The ratios of cells
// at the same point differ much less. So a cell's change is that of its ratio to a yardstick, the
// cell that led in BASE, and the median change of all cells is taken out: the one that changed
// stands out, not all the others. With fewer than three cells in common nothing can be taken out:
// then times are compared, and a note says that they hold the machine's state.
//
// The interval of a change combines those of both runs, each with its between-run term, in
// quadrature on the log scale; 95 % together over the cells of a point, as in the runs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace handoff {

/// Why the two may not be compared: sentences about host, compiler, binding and workloads; empty if
/// they may.
std::vector<std::string> differences(const nlohmann::json& base, const nlohmann::json& head);

/// comparison.json (docs/results.md), with `notes` for people. `names`: what base and head are
/// called, their directories.
nlohmann::json compare_runs(const nlohmann::json& base, const nlohmann::json& head,
                            const std::string& base_name, const std::string& head_name,
                            bool anyway);

}  // namespace handoff
