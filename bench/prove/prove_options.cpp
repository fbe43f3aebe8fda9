#include "bench/prove/prove_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "bench/machine/cpus.h"
#include "bench/machine/memory.h"
#include "bench/plan/plan.h"
#include "bench/suite/text_options.h"

namespace handoff {

namespace {

constexpr const char* kProveExamples =
    R"(Examples:
  handoff prove                                    every strategy, one minute in total
  handoff prove --plugin my_queue.so --strategies my_queue --for 10m
  handoff prove --strategies ring_mpmc --capacity 1,2,3 --torment stops --for 1h

Values that are not given vary: pairs from 1:1 to many more threads than CPUs, capacities 1, 2, 3,
odd and large, payloads from 8 bytes to 4 KiB, every transfer, wait and torment.

Exit status: 0 every item was proved; 1 usage error, or the proof could not continue;
2 a strategy failed; 3 the time was too short for a strategy, or none supports the values given;
130 interrupted.)";

constexpr Described kDrawn[] = {
    {"strategies", "A,B,...",
     "Strategies to prove. Default: all candidates, with those of plug-ins."},
    {"pairs", "P:C,...",
     "Producers:consumers, such as 4:2. Or a word for counts that fit the\n"
     "machine: symmetric, many-to-one, one-to-many, oversubscribed, auto."},
    {"payload", "SIZE,...", "Bytes per item, 8 to 1M. Suffixes: K, M (or KB, KiB, ...)."},
    {"capacity", "N,...", "How many items a strategy may hold at most, 1 to 16777216."},
    {"transfer", "KIND,...", "How the payload travels: copy, move, in_place."},
    {"wait", "KIND,...",
     "How a thread waits while the strategy is full or empty: block, spin,\n"
     "spin-block."},
};

constexpr double kDefaultForS = 60;
constexpr std::uint64_t kMemoryToAssume = 1ULL << 30;

/// Threads per side for many more threads than CPUs.
std::uint32_t crowd(int usable_cpus) {
  return static_cast<std::uint32_t>(std::clamp(4 * usable_cpus, 8, 64));
}

VariantAxes axes_of(const Axes& given, const std::vector<Torment>& torment, int usable_cpus) {
  const auto or_else = [](const auto& said, auto usual) { return said.empty() ? usual : said; };
  using Numbers = std::vector<std::uint32_t>;
  VariantAxes axes;
  for (const AskedPair& pair : expand_pairs(given.pairs, usable_cpus)) {
    axes.pairs.emplace_back(pair.producers, pair.consumers);
  }
  if (axes.pairs.empty()) {
    axes.pairs = {{1, 1}, {2, 2}, {1, 4}, {4, 1}, {3, 2}, {crowd(usable_cpus), crowd(usable_cpus)}};
  }
  // Small values travel by value up to 256 bytes (bench/interface/message.h); 20011 is a prime.
  axes.payload = or_else(given.payload, Numbers{8, 13, 64, 256, 257, 1024, 4099});
  axes.capacity = or_else(given.capacity, Numbers{1, 2, 3, 13, 1024, 20011});
  axes.transfer =
      or_else(given.transfer, std::vector{Transfer::kCopy, Transfer::kMove, Transfer::kInPlace});
  axes.wait = or_else(given.wait, std::vector{Wait::kBlock, Wait::kSpin, Wait::kSpinBlock});
  axes.torment = or_else(
      torment, std::vector{Torment::kNone, Torment::kDelays, Torment::kStops, Torment::kOneCpu});
  return axes;
}

std::vector<Torment> parse_torment(const std::string& text) {
  std::vector<Torment> all;
  if (text.empty()) return all;
  for (const std::string& one : split_list(text)) {
    const std::string known = parse_name("--torment", one, torment_names());
    const auto at = std::find(torment_names().begin(), torment_names().end(), known);
    const auto torment = static_cast<Torment>(at - torment_names().begin());
    if (std::find(all.begin(), all.end(), torment) == all.end()) all.push_back(torment);
  }
  return all;
}

std::vector<Subject> subjects_of(const std::vector<AskedStrategy>& asked,
                                 const ForeignStrategies& plugins) {
  std::vector<Subject> known;
  std::vector<const Descriptor*> descriptors;
  for (const auto& plugin : plugins) known.push_back({&plugin->descriptor, plugin->file});
  for (const Descriptor* own : strategies()) known.push_back({own, {}});
  for (const Subject& subject : known) descriptors.push_back(subject.strategy);
  std::vector<Subject> subjects;
  if (asked.empty()) {
    std::copy_if(known.begin(), known.end(), std::back_inserter(subjects),
                 [](const Subject& one) { return one.strategy->role == Role::kCandidate; });
  }
  for (const AskedStrategy& one : asked) {
    if (one.label != one.strategy) {
      throw UsageError(fmt::format(
          "--strategies '{}={}' has a label, but 'handoff prove' takes names only; give "
          "'{}'",
          one.label, one.strategy, one.strategy));
    }
    const Descriptor& strategy = known_strategy(descriptors, one.strategy);
    subjects.push_back(*std::find_if(known.begin(), known.end(), [&](const Subject& subject) {
      return subject.strategy == &strategy;
    }));
    if (strategy.probe) {
      throw UsageError(
          fmt::format("--strategies '{}' is a probe of the machine, so there is nothing to prove; "
                      "give another strategy",
                      one.strategy));
    }
  }
  if (subjects.empty())
    throw UsageError("this program has no candidate strategy; give one with --plugin");
  return subjects;
}

}  // namespace

void add_prove_options(CLI::App& app, ProveOptions& options) {
  const TextOptions text(app);
  for (const Described& drawn : kDrawn) {
    text(drawn.key, options.run.values[drawn.key], drawn.type, drawn.help)
        ->join(',')
        ->group("What to prove");
  }
  text("torment", options.torment, "KIND,...",
       "How the strategy is disturbed while it runs. none; delays: random\n"
       "delays between items; stops: threads and processes are stopped for a\n"
       "while, at random moments; one-cpu: all threads share one CPU.")
      ->join(',')
      ->group("What to prove");
  add_plugin_option(app, options.run.plugins);
  app.get_option("--plugin")->group("What to prove");
  text("for", options.for_time, "TIME", "Total time, 1s to 168h. Default: 60s.")->group("How");
  text("seed", options.run.values["seed"], "N",
       "Seed of all random choices. Default: a new one; it is printed.")
      ->group("How");
  text("timeout", options.run.values["timeout"], "TIME",
       "A strategy without progress for this time counts as hung. Default: 10s.")
      ->group("How");
  text.progress(options.run);
  app.add_flag("--json", options.json, "Print the result as JSON.")
      ->disable_flag_override()
      ->group("Results");
  app.footer(kProveExamples);
  app.get_formatter()->column_width(26);
}

ProofPlan proof_plan(const ProveOptions& options, const ForeignStrategies& plugins) {
  Axes axes;
  Suite suite;
  for (const auto& [key, value] : options.run.values) {
    if (value.empty()) continue;
    const std::vector<std::string> values = split_list(value);
    const std::string where = "--" + key;
    if (!set_axis(axes, key, values, where)) set_setting(suite, key, values, where);
  }
  const CpuAllowance allowance = cpu_allowance();
  std::random_device random;
  ProofPlan plan;
  plan.usable_cpus = allowance.usable;
  plan.axes = axes_of(axes, parse_torment(options.torment), allowance.usable);
  if (combinations(plan.axes) > kMostChoices) {
    throw UsageError(
        fmt::format("the given values make {} combinations, but at most {} are possible; "
                    "give fewer values",
                    combinations(plan.axes), kMostChoices));
  }
  plan.subjects = subjects_of(suite.strategies, plugins);
  plan.for_s = options.for_time.empty()
                   ? kDefaultForS
                   : parse_duration_s("--for", options.for_time, 1, 168 * 3600);
  plan.seed = suite.seed.value_or(random() | 1U);
  plan.memory_bytes = available_memory_bytes().value_or(kMemoryToAssume) / 4;
  plan.surroundings = {.tick_rate = measure_tick_rate(),
                       .cpus = allowance.cpus,
                       .timeout_s = suite.timeout_s.value_or(kDefaultTimeout)};
  return plan;
}

std::vector<std::string> command_for(const Subject& subject, const FailedLife& failed,
                                     double timeout_s) {
  const Workload& w = failed.variant.workload;
  std::vector<std::string> words{"handoff", "prove", "--strategies",
                                 std::string(subject.strategy->name)};
  const auto add = [&](const char* option, const std::string& value) {
    words.insert(words.end(), {option, value});
  };
  if (!subject.plugin.empty()) add("--plugin", subject.plugin);
  add("--pairs", fmt::format("{}:{}", w.producers, w.consumers));
  add("--payload", std::to_string(w.payload));
  add("--capacity", std::to_string(w.capacity));
  add("--transfer", std::string(name(w.transfer)));
  add("--wait", std::string(name(w.wait)));
  add("--torment", name(failed.variant.torment));
  add("--seed", std::to_string(failed.seed));
  // The first life gets half of the time.
  add("--for", fmt::format("{:.0f}s", std::ceil(std::max(2.0, 6 * failed.life.at_work_s))));
  if (timeout_s != kDefaultTimeout) add("--timeout", fmt::format("{:g}s", timeout_s));
  return words;
}

}  // namespace handoff
