// What `handoff prove` says at its end.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>

#include "bench/prove/prover.h"

namespace handoff {

/// "proved", "lost", "hung", …; "unsupported"; "not reached" where the time was too short.
std::string verdict_of(const StrategyProof& proof);

/// 0 every strategy that supports some variant is proved; 2 one failed; 130 interrupted; 3 of one,
/// or of all, nothing is proved.
int proof_exit(const std::vector<StrategyProof>& proofs, bool interrupted);

/// A table; then of each failure what it is, where it came and how to see it again.
void print_proofs(std::ostream& out, const ProofPlan& plan,
                  const std::vector<StrategyProof>& proofs);

/// docs/proving.md says what its keys mean.
nlohmann::json proofs_json(const ProofPlan& plan, const std::vector<StrategyProof>& proofs,
                           double spent_s, int exit);

}  // namespace handoff
