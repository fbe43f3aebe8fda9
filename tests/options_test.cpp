#include "bench/suite/options.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "bench/suite/nearest.h"

namespace handoff {
namespace {

std::string error_of(const std::vector<std::string>& arguments) {
  const auto result = parse_run(arguments);
  const Exit* exit = std::get_if<Exit>(&result);
  if (exit == nullptr) return "accepted";
  EXPECT_EQ(exit->code, 1);
  EXPECT_EQ(exit->out, "");
  EXPECT_EQ(std::count(exit->err.begin(), exit->err.end(), '\n'), 1) << exit->err;
  EXPECT_EQ(exit->err.rfind("handoff: ", 0), 0U) << exit->err;
  return exit->err.substr(9, exit->err.size() - 10);
}

RunRequest accepted(const std::vector<std::string>& arguments) {
  auto result = parse_run(arguments);
  if (const Exit* exit = std::get_if<Exit>(&result)) {
    ADD_FAILURE() << exit->err;
    return {};
  }
  return std::get<RunRequest>(std::move(result));
}

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("handoff_options_" + std::to_string(::getpid()) + ".toml")) {
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST(Nearest, CountsInsertionsDeletionsSubstitutionsAndSwaps) {
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("mutx_queue", "mutex_queue"), 1U);
  EXPECT_EQ(edit_distance("muetx", "mutex"), 1U);
  EXPECT_EQ(edit_distance("MUTEX", "mutex"), 0U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, OffersWhatIsCloseOrBeginsAlikeAndNothingElse) {
  const std::vector<std::string> names{"mutex_queue", "lockfree_queue", "lockfree_spsc"};
  EXPECT_EQ(nearest("mutx_queue", names), "mutex_queue");
  EXPECT_EQ(nearest("lockfree", names), "lockfree_spsc");
  EXPECT_EQ(nearest("kafka", names), std::nullopt);
  EXPECT_EQ(did_you_mean("kafka", names),
            "choose from mutex_queue, lockfree_queue and lockfree_spsc");
}

TEST(Options, HelpExplainsEveryOptionWithExamples) {
  const auto result = parse_run({"--help"});
  const Exit& exit = std::get<Exit>(result);
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.err, "");
  for (const char* option :
       {"--suite",    "--strategies",   "--pairs",    "--producers",     "--consumers",
        "--payload",  "--capacity",     "--transfer", "--config",        "--budget",
        "--slice",    "--incarnations", "--seed",     "--timeout",       "--pin",
        "--memory",   "--out",          "--resume",   "--no-references", "--quiet",
        "--progress", "--dry-run",      "--topology", "--json"}) {
    EXPECT_NE(exit.out.find("  " + std::string(option)), std::string::npos) << option;
  }
  EXPECT_NE(exit.out.find("Examples:"), std::string::npos);
  EXPECT_NE(exit.out.find("--pairs 1:1,4:2 --payload 64,64K"), std::string::npos);
}

TEST(Options, EveryOptionHasADescription) {
  RunOptions options;
  CLI::App app;
  add_run_options(app, options);
  for (const CLI::Option* option : app.get_options()) {
    EXPECT_GE(option->get_description().size(), 10U) << option->get_name();
  }
}

TEST(Options, WithoutAnythingTheDefaultSuiteRuns) {
  const RunRequest request = accepted({});
  EXPECT_EQ(request.suite.name, "default");
  EXPECT_EQ(request.suite.budget_s, 120);
  EXPECT_FALSE(request.shapes_plan);
  EXPECT_EQ(request.progress, Progress::kAuto);
  EXPECT_TRUE(request.warnings.empty());
}

TEST(Options, AxesAloneMakeACustomSuiteOfTheUsualValues) {
  const RunRequest request = accepted({"--pairs", "1:1,4:2", "--payload", "8,64K"});
  EXPECT_EQ(request.suite.name, "custom");
  EXPECT_EQ(request.suite.budget_s, std::nullopt);
  ASSERT_EQ(request.suite.groups.size(), 1U);
  const auto points = expand_axes(request.suite.groups[0], 8);
  ASSERT_EQ(points.size(), 4U);
  EXPECT_EQ(points[3].producers, 4U);
  EXPECT_EQ(points[3].consumers, 2U);
  EXPECT_EQ(points[3].payload, 65536U);
  EXPECT_EQ(points[3].capacity, 1024U);
  EXPECT_EQ(points[3].transfer, Transfer::kCopy);
}

TEST(Options, ProducersAndConsumersAreCombined) {
  const RunRequest request = accepted({"--producers", "1,2,4", "--consumers=1,8"});
  EXPECT_EQ(expand_axes(request.suite.groups[0], 1).size(), 6U);
}

TEST(Options, StrategiesAloneRunTheDefaultSuite) {
  const RunRequest request = accepted({"--strategies", "a=mutex_queue,b=mutex_queue"});
  EXPECT_EQ(request.suite.name, "default");
  const std::vector<AskedStrategy> wanted{{"a", "mutex_queue"}, {"b", "mutex_queue"}};
  EXPECT_EQ(request.suite.strategies, wanted);
  EXPECT_TRUE(request.shapes_plan);
}

TEST(Options, EachValueIsRead) {
  const RunRequest request =
      accepted({"--budget",   "2m",        "--slice",    "500us",  "--incarnations",  "12",
                "--seed",     "7",         "--timeout",  "3s",     "--pin",           "0,2-3",
                "--memory",   "4G",        "--out",      "there",  "--no-references", "--quiet",
                "--transfer", "copy,move", "--progress", "plain",  "--capacity",      "1,64",
                "--payload",  "1K",        "--payload",  "8B,2KiB"});
  const Suite& suite = request.suite;
  EXPECT_DOUBLE_EQ(suite.budget_s.value(), 120);
  EXPECT_DOUBLE_EQ(suite.slice_s.value(), 500e-6);
  EXPECT_EQ(suite.incarnations, 12);
  EXPECT_EQ(suite.seed, 7U);
  EXPECT_EQ(suite.timeout_s, 3);
  EXPECT_EQ(suite.pin, "0,2-3");
  EXPECT_EQ(suite.memory_bytes, std::uint64_t{4} << 30U);
  EXPECT_EQ(request.out, "there");
  EXPECT_FALSE(request.suite.references);
  EXPECT_TRUE(request.quiet);
  EXPECT_EQ(request.progress, Progress::kPlain);
  EXPECT_EQ(suite.groups[0].payload, (std::vector<std::uint32_t>{1024, 8, 2048}));
  EXPECT_EQ(suite.groups[0].capacity, (std::vector<std::uint32_t>{1, 64}));
  EXPECT_EQ(suite.groups[0].transfer.size(), 2U);
}

TEST(Options, TheCommandLineOverridesTheSuite) {
  const RunRequest request = accepted({"--suite", "quick", "--payload", "256", "--budget", "9s"});
  EXPECT_EQ(request.suite.name, "custom");
  EXPECT_EQ(request.suite.budget_s, 9);
  for (const Axes& group : request.suite.groups) {
    EXPECT_EQ(group.payload, std::vector<std::uint32_t>{256});
    EXPECT_FALSE(group.pairs.empty());
  }
}

TEST(Options, TheCommandLineOverridesTheConfigFile) {
  const TemporaryFile file(
      "pin = \"none\"\nseed = 3\n[a]\nproducers = [1, 2]\nconsumers = 2\npayload = \"4K\"\n");
  const RunRequest request = accepted({"--config", file.path(), "--seed", "4", "--pairs", "3:3"});
  EXPECT_EQ(request.suite.pin, "none");
  EXPECT_EQ(request.suite.seed, 4U);
  const auto points = expand_axes(request.suite.groups.at(0), 2);
  ASSERT_EQ(points.size(), 1U);
  EXPECT_EQ(points[0].producers, 3U);
  EXPECT_EQ(points[0].payload, 4096U);
}

TEST(Options, FewIncarnationsAreAllowedWithAWarning) {
  const RunRequest request = accepted({"--incarnations", "3"});
  ASSERT_EQ(request.warnings.size(), 1U);
  EXPECT_NE(request.warnings[0].find("--incarnations 3 is too few for a verdict"),
            std::string::npos);
  EXPECT_TRUE(accepted({"--incarnations", "8"}).warnings.empty());
}

TEST(Options, ResumeAloneTakesTheOldPlan) {
  const RunRequest request = accepted({"--resume", "dir", "--quiet"});
  EXPECT_EQ(request.resume, "dir");
  EXPECT_FALSE(request.shapes_plan);
  EXPECT_TRUE(accepted({"--resume", "dir", "--seed", "1"}).shapes_plan);
}

struct Refused {
  std::vector<std::string> arguments;
  const char* sentence;
};

class OptionsRefuse : public ::testing::TestWithParam<Refused> {};

TEST_P(OptionsRefuse, InOneSentenceThatNamesValueAndRemedy) {
  EXPECT_EQ(error_of(GetParam().arguments), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Each, OptionsRefuse,
    ::testing::Values(
        Refused{{"--paylod", "8"},
                "unknown option '--paylod'; did you mean '--payload'? ('handoff run --help' shows "
                "all)"},
        Refused{{"--paylod=8"},
                "unknown option '--paylod'; did you mean '--payload'? ('handoff run --help' shows "
                "all)"},
        Refused{
            {"-suite", "quick"},
            "unknown option '-suite'; did you mean '--suite'? ('handoff run --help' shows all)"},
        Refused{{"--frobnicate"}, "unknown option '--frobnicate'; 'handoff run --help' shows all"},
        Refused{{"quick"}, "unexpected argument 'quick'; 'handoff run --help' shows what it takes"},
        Refused{{"--budget"}, "--budget needs a value, TIME ('handoff run --help' explains it)"},
        Refused{{"--budget", ""},
                "--budget needs a value, TIME ('handoff run --help' explains it)"},
        Refused{{"--quiet=7"}, "--quiet takes no value; give it alone"},
        Refused{{"--suite", "quik"}, "--suite 'quik' is not known; did you mean 'quick'?"},
        Refused{{"--suite", "nightly"},
                "--suite 'nightly' is not known; choose from quick, default and full"},
        Refused{{"--suite", "quick", "--config", "x.toml"},
                "--suite 'quick' and --config 'x.toml' exclude each other; give one"},
        Refused{{"--config", "/nowhere/x.toml"},
                "--config '/nowhere/x.toml' cannot be read; give a TOML file such as those in "
                "bench/suite/"},
        Refused{{"--pairs", "1:1", "--producers", "2"},
                "--pairs '1:1' and --producers '2' exclude each other; give either --pairs, "
                "or --producers with --consumers"},
        Refused{{"--pairs", "4"},
                "--pairs '4' is not a pair; write producers:consumers, such as 4:2, or auto"},
        Refused{{"--pairs", "symetric"},
                "--pairs 'symetric' is not a pair; did you mean "
                "'symmetric'?"},
        Refused{{"--pairs", "0:1"}, "--pairs '0:1' is out of range; give 1 to 1024 on each side"},
        Refused{{"--producers", "-1"}, "--producers '-1' is not a whole number from 1 to 1024"},
        Refused{{"--payload", "4"}, "--payload '4' is out of range; give 8B to 1MiB"},
        Refused{{"--payload", "2M"}, "--payload '2M' is out of range; give 8B to 1MiB"},
        Refused{{"--payload", "8X"},
                "--payload '8X' is not a size; write bytes, or a number with K, M or G, such as "
                "64 or 64K"},
        Refused{{"--payload", "99999999999999999G"},
                "--payload '99999999999999999G' is not a size; write bytes, or a number with K, M "
                "or G, such as 64 or 64K"},
        Refused{{"--capacity", "0"}, "--capacity '0' is not a whole number from 1 to 16777216"},
        Refused{{"--transfer", "mov"}, "--transfer 'mov' is not known; did you mean 'move'?"},
        Refused{{"--strategies", "a,a"},
                "--strategies names 'a' twice; give each its own label, such as a=a,b=a"},
        Refused{{"--strategies", "x=y=z"},
                "--strategies 'x=y=z' is not a strategy; write a name from 'handoff list', or "
                "label=name, with letters, digits, _ - . +"},
        Refused{
            {"--budget", "20"},
            "--budget '20' is not a duration; write a number with ns, us, ms, s, m or h, such as "
            "500ms or 20s"},
        Refused{{"--budget", "-3s"}, "--budget '-3s' is out of range; give 100ms to 24h"},
        Refused{
            {"--budget", "nans"},
            "--budget 'nans' is not a duration; write a number with ns, us, ms, s, m or h, such "
            "as 500ms or 20s"},
        Refused{{"--slice", "2m"}, "--slice '2m' is out of range; give 100us to 1m"},
        Refused{{"--timeout", "1us"}, "--timeout '1us' is out of range; give 100ms to 1h"},
        Refused{{"--incarnations", "0"}, "--incarnations '0' is not a whole number from 1 to 1000"},
        Refused{{"--seed", "x"}, "--seed 'x' is not a whole number from 0 to 9007199254740991"},
        Refused{{"--memory", "1K"}, "--memory '1K' is out of range; give 1MiB to 65536GiB"},
        Refused{{"--pin", "atuo"}, "--pin 'atuo' is not known; did you mean 'auto'?"},
        Refused{{"--pin", "3-1"},
                "--pin '3-1' is not known; give auto, none, compact, scatter or a CPU list such "
                "as 0,2-5"},
        Refused{{"--progress", "bar"},
                "--progress 'bar' is not known; choose from auto, plain and none"},
        Refused{{"--topology", "pu:4"},
                "--topology 'pu:4' describes another machine, but a run measures this one; add "
                "--dry-run to see the plan for the other machine"},
        Refused{{"--json"},
                "--json works with --dry-run only; a run writes its results to results.json"},
        Refused{{"--out", "a", "--resume", "b"},
                "--out 'a' and --resume 'b' exclude each other; a resumed run writes to its own "
                "directory"}));

/// The way bench/main.cpp uses it: several commands in one app.
Exit whole_program(std::vector<std::string> arguments) {
  RunOptions options;
  bool json = false;
  CLI::App app("Compare ways to hand work over.", "handoff");
  app.require_subcommand(1);
  app.set_version_flag("--version", "handoff 0.1.0");
  add_run_options(*app.add_subcommand("run", "Measure."), options);
  app.add_subcommand("list", "Strategies.")->add_flag("--json", json, "As JSON.");
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
    resolve(options);
  } catch (const CLI::ParseError& error) {
    return exit_for(app, error);
  } catch (const UsageError& error) {
    return exit_for(error);
  }
  return {};
}

TEST(Commands, ShareTheSentencesOfRun) {
  EXPECT_EQ(whole_program({"run", "--suite", "quick"}).code, 0);
  EXPECT_EQ(whole_program({"rn"}).err, "handoff: unknown command 'rn'; did you mean 'run'?\n");
  EXPECT_EQ(whole_program({}).err,
            "handoff: no command given; give one of run, list ('handoff --help' explains them)\n");
  EXPECT_EQ(whole_program({"run", "--budgte", "1s"}).err,
            "handoff: unknown option '--budgte'; did you mean '--budget'? ('handoff run --help' "
            "shows all)\n");
  EXPECT_EQ(whole_program({"list", "--jsn"}).err,
            "handoff: unknown option '--jsn'; did you mean '--json'? ('handoff list --help' shows "
            "all)\n");
  EXPECT_EQ(whole_program({"list", "extra"}).err,
            "handoff: unexpected argument 'extra'; 'handoff list --help' shows what it takes\n");
}

TEST(Commands, HelpAndVersionGoToStandardOutput) {
  EXPECT_EQ(whole_program({"--version"}).out, "handoff 0.1.0\n");
  EXPECT_NE(whole_program({"--help"}).out.find("list"), std::string::npos);
  const Exit run = whole_program({"run", "--help"});
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.out.find("--incarnations"), std::string::npos);
  EXPECT_NE(run.out.find("Examples:"), std::string::npos);
}

}  // namespace
}  // namespace handoff
