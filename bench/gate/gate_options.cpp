#include <algorithm>
#include <iterator>
#include <string_view>

#include "bench/suite/text_options.h"

namespace handoff {

namespace {

constexpr const char* kGateExamples =
    R"(Examples:
  handoff gate --base old/my_queue.so --head new/my_queue.so
  handoff gate --base old/my_queue.so --head new/my_queue.so --pairs 1:1,2:2 --threshold 10%
  handoff gate --base ./handoff-old --head ./handoff --strategies mutex_queue

Exit status: 0 no regression; 1 usage error; 2 a regression, or HEAD does not deliver every item;
3 undecided within the budget; 130 interrupted.)";

}  // namespace

void add_gate_options(CLI::App& app, GateOptions& options) {
  const TextOptions text(app);
  text("base", options.base, "FILE", "The older version: a plug-in (.so), or a build of handoff.")
      ->required()
      ->group("What to measure");
  text("head", options.head, "FILE",
       "The newer version, which may be slower: the same kind of file.")
      ->required()
      ->group("What to measure");
  text("threshold", options.threshold, "SHARE",
       "The smallest slowdown that is a regression. Default: 5%.")
      ->group("What to measure");
  text.axes(options.run);
  for (const Described& setting : kSettings) {
    static constexpr std::string_view kOfARace[] = {"incarnations", "precision"};
    const bool race =
        std::find(std::begin(kOfARace), std::end(kOfARace), setting.key) != std::end(kOfARace);
    if (!race) text.setting(setting, options.run);
  }
  text("out", options.run.out, "DIR",
       "Directory for journal.jsonl and comparison.json. Default:\n"
       "reports/local/<UTC time>.")
      ->group("Results");
  text.progress(options.run);
  app.footer(kGateExamples);
  app.get_formatter()->column_width(26);
}

}  // namespace handoff
