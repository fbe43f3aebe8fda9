#include "bench/prove/proof_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "bench/cell/protocol.h"
#include "bench/prove/prove_options.h"
#include "bench/results/text_table.h"

namespace handoff {

namespace {

std::string loud(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// `word` quoted for a shell, if necessary.
std::string quoted(const std::string& word) {
  const bool plain = std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("-_./:=,+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain && !word.empty()) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string on_one_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

void print_failure(std::ostream& out, const ProofPlan& plan, const StrategyProof& proof) {
  const FailedLife& failure = *proof.failure;
  out << fmt::format("\n{}: {}: {}\n  at {}, after {} proved items of that life\n",
                     proof.subject.strategy->name, loud(verdict_of(proof)),
                     failure.life.outcome.reason, describe(failure.variant), failure.life.items);
  const Smallest& smallest = *proof.smallest;
  if (!smallest.again) {
    out << fmt::format("  it did not happen again in {} more such lives; to try again:\n",
                       smallest.tries);
  } else if (smallest.failed.life.outcome.verdict != failure.life.outcome.verdict) {
    out << fmt::format("  the smallest command found (lives tried: {}) shows {}: {}\n",
                       smallest.tries,
                       loud(std::string(name(smallest.failed.life.outcome.verdict))),
                       smallest.failed.life.outcome.reason);
  } else {
    out << fmt::format("  the smallest command found that shows it again (lives tried: {}):\n",
                       smallest.tries);
  }
  out << "  "
      << on_one_line(command_for(proof.subject, smallest.failed, plan.surroundings.timeout_s))
      << '\n';
}

nlohmann::json failed_json(const ProofPlan& plan, const Subject& subject,
                           const FailedLife& failed) {
  return {{"verdict", name(failed.life.outcome.verdict)},
          {"reason", failed.life.outcome.reason},
          {"workload", to_json(failed.variant.workload)},
          {"torment", name(failed.variant.torment)},
          {"seed", failed.seed},
          {"items", failed.life.items},
          {"command", command_for(subject, failed, plan.surroundings.timeout_s)}};
}

}  // namespace

std::string verdict_of(const StrategyProof& proof) {
  if (proof.failure) return std::string(name(proof.failure->life.outcome.verdict));
  if (!proof.unsupported.empty()) return "unsupported";
  return proof.proved() ? "proved" : "not reached";
}

int proof_exit(const std::vector<StrategyProof>& proofs, bool interrupted) {
  const auto any = [&](const auto& holds) {
    return std::any_of(proofs.begin(), proofs.end(), holds);
  };
  if (any([](const StrategyProof& proof) { return proof.failure.has_value(); })) return 2;
  if (interrupted) return 130;
  const bool some = any([](const StrategyProof& proof) { return proof.proved(); });
  const bool not_reached =
      any([](const StrategyProof& proof) { return verdict_of(proof) == "not reached"; });
  return some && !not_reached ? 0 : 3;
}

void print_proofs(std::ostream& out, const ProofPlan& plan,
                  const std::vector<StrategyProof>& proofs) {
  TextTable table({{"strategy", false},
                   {"variants", true},
                   {"lives", true},
                   {"longest life", true},
                   {"items", true},
                   {"verdict", false}});
  std::uint64_t missed = 0;
  for (const StrategyProof& proof : proofs) {
    const std::string verdict = verdict_of(proof);
    table.add({std::string(proof.subject.strategy->name), std::to_string(proof.variants),
               std::to_string(proof.lives), human_count(static_cast<double>(proof.longest_life)),
               human_count(static_cast<double>(proof.items)),
               proof.failure              ? loud(verdict)
               : verdict == "unsupported" ? verdict + ": " + proof.unsupported
                                          : verdict});
    missed += proof.missed_wakeups;
  }
  table.print(out);
  for (const StrategyProof& proof : proofs) {
    if (proof.failure) print_failure(out, plan, proof);
  }
  if (missed > 0) {
    out << fmt::format(
        "\n{} sleeping threads were woken too late (docs/waiting.md): this is a bug in handoff's "
        "eventcount, even if every item arrived\n",
        missed);
  }
}

nlohmann::json proofs_json(const ProofPlan& plan, const std::vector<StrategyProof>& proofs,
                           double spent_s, int exit) {
  nlohmann::json all = nlohmann::json::array();
  for (const StrategyProof& proof : proofs) {
    nlohmann::json one{{"strategy", proof.subject.strategy->name},
                       {"plugin", nullptr},
                       {"verdict", verdict_of(proof)},
                       {"reason", proof.unsupported},
                       {"variants", proof.variants},
                       {"skipped", proof.skipped},
                       {"lives", proof.lives},
                       {"slices", proof.slices},
                       {"items", proof.items},
                       {"longest_life_items", proof.longest_life},
                       {"missed_wakeups", proof.missed_wakeups},
                       {"spent_s", proof.spent_s},
                       {"failure", nullptr},
                       {"smallest", nullptr}};
    if (!proof.subject.plugin.empty()) one["plugin"] = proof.subject.plugin;
    if (proof.failure) {
      one["reason"] = proof.failure->life.outcome.reason;
      one["failure"] = failed_json(plan, proof.subject, *proof.failure);
      one["smallest"] = failed_json(plan, proof.subject, proof.smallest->failed);
      one["smallest"]["again"] = proof.smallest->again;
      one["smallest"]["tries"] = proof.smallest->tries;
    }
    all.push_back(std::move(one));
  }
  return {{"schema", 1},        {"seed", plan.seed}, {"for_s", plan.for_s},
          {"spent_s", spent_s}, {"exit", exit},      {"strategies", std::move(all)}};
}

}  // namespace handoff
