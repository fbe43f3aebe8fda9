// Compares two whole runs: what changed from BASE to HEAD?
//
// Absolute times of two runs can differ by large factors, because the machine was in another state.
// The ratios of cells at the same point differ much less. So the change of a cell is the change of
// its ratio to one cell, the yardstick: the leader in BASE. Then the median change of all cells is
// subtracted; otherwise a change of the yardstick would show as a change of all other cells. With
// fewer than three cells in common this is not possible: then times are compared, and a note says
// that they depend on the state of the machine.
//
// The interval of a change combines the intervals of both runs, each with its between-run term, in
// quadrature on the log scale. They hold with 95 % for all cells of a point together, as in the
// runs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace handoff {

/// Why the two must not be compared: clauses about host, compiler, binding and workloads; empty if
/// they can be.
std::vector<std::string> differences(const nlohmann::json& base, const nlohmann::json& head);

/// comparison.json (docs/results.md), with `notes` for people. The names are those of the
/// directories.
nlohmann::json compare_runs(const nlohmann::json& base, const nlohmann::json& head,
                            const std::string& base_name, const std::string& head_name,
                            bool anyway);

}  // namespace handoff
