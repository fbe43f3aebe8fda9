// The results of `handoff prove`, as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>

#include "bench/prove/prover.h"

namespace handoff {

/// "proved", "lost", "hung", …; "unsupported"; "not reached" if the time was too short.
std::string verdict_of(const StrategyProof& proof);

/// The exit status. 0: every strategy that supports some variant is proved; 2: one failed; 130:
/// interrupted; 3: nothing was proved of some strategy that supports a variant, or of all.
int proof_exit(const std::vector<StrategyProof>& proofs, bool interrupted);

/// Prints a table; then for each failure the reason, the variant, and a command that shows it
/// again.
void print_proofs(std::ostream& out, const ProofPlan& plan,
                  const std::vector<StrategyProof>& proofs);

/// The keys are described in docs/proving.md.
nlohmann::json proofs_json(const ProofPlan& plan, const std::vector<StrategyProof>& proofs,
                           double spent_s, int exit);

}  // namespace handoff
