#include "bench/run/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "bench/results/results.h"
#include "bench/results/run_directory.h"
#include "tests/record_fixture.h"

namespace handoff {
namespace {

class JournalFile : public ::testing::Test {
 protected:
  JournalFile() {
    std::string pattern = ::testing::TempDir() + "handoff-journal-XXXXXX";
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ + "/journal.jsonl";
  }
  ~JournalFile() override { std::filesystem::remove_all(directory_); }

  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  void put(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }
  void append(const std::string& text) const {
    std::ofstream(path_, std::ios::binary | std::ios::app) << text;
  }
  std::string refusal() const {
    try {
      read_journal(path_);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "accepted";
  }

  std::string directory_, path_;
};

const Json kHead{{"t", "plan"}, {"schema", 2}};
Json numbered(int n) { return {{"t", "second"}, {"at_s", n}}; }

TEST_F(JournalFile, GivesBackTheLinesThatWereFlushed) {
  {
    Journal journal = Journal::create(path_);
    journal.add(kHead);
    journal.add(numbered(1));
    journal.flush();
    journal.add(numbered(2));  // never flushed
  }
  EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead, numbered(1)}));
}

TEST_F(JournalFile, HasNothingOnDiskBeforeItIsFlushed) {
  Journal journal = Journal::create(path_);
  journal.add(kHead);
  EXPECT_EQ(content(), "");
  journal.flush();
  EXPECT_EQ(content(), kHead.dump() + "\n");
}

TEST_F(JournalFile, IsNeverOverwritten) {
  put("precious\n");
  EXPECT_THROW(Journal::create(path_), JournalError);
  EXPECT_EQ(content(), "precious\n");
}

TEST_F(JournalFile, SaysWhichFileCannotBeCreated) {
  try {
    Journal::create(directory_ + "/none/journal.jsonl");
    FAIL() << "created";
  } catch (const JournalError& error) {
    EXPECT_NE(std::string(error.what()).find("none/journal.jsonl: No such file"),
              std::string::npos);
  }
}

TEST_F(JournalFile, IgnoresATornLastLineAtEveryPlaceItCanBeTorn) {
  const std::string whole = kHead.dump() + "\n" + numbered(1).dump() + "\n";
  const std::string last = numbered(22).dump();
  for (std::size_t kept = 0; kept <= last.size(); ++kept) {  // all of it but the newline included
    put(whole + last.substr(0, kept));
    EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead, numbered(1)})) << kept;
  }
}

TEST_F(JournalFile, IsContinuedBehindItsLastWholeLine) {
  put(kHead.dump() + "\n" + numbered(1).dump() + "\n" + numbered(2).dump().substr(0, 9));
  {
    Journal journal = Journal::append_to(path_);
    journal.add(numbered(3));
    journal.flush();
  }
  EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead, numbered(1), numbered(3)}));
}

TEST_F(JournalFile, MayBeContinuedManyTimes) {
  Journal::create(path_).flush();
  for (int i = 0; i < 5; ++i) {
    Journal journal = Journal::append_to(path_);
    journal.add(i == 0 ? kHead : numbered(i));
    journal.flush();
    append("{\"torn");
  }
  EXPECT_EQ(read_journal(path_).size(), 5U);
}

/// `text` as xz packs it.
std::string packed(const std::string& text) {
  std::istringstream plain(text);
  boost::iostreams::filtering_istream stream;
  stream.push(boost::iostreams::lzma_compressor());
  stream.push(plain);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(JournalFile, ThatIsPackedIsReadWhereThereIsNoPlainOne) {
  std::ofstream(path_ + ".xz", std::ios::binary)
      << packed(kHead.dump() + "\n" + numbered(1).dump() + "\n");
  EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead, numbered(1)}));
  put(kHead.dump() + "\n");
  EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead}));
}

TEST_F(JournalFile, ThatIsPackedAndDamagedIsRefused) {
  std::string lines = kHead.dump() + "\n";
  for (int i = 0; i < 1000; ++i) lines += numbered(i).dump() + "\n";
  const std::string whole = packed(lines);
  std::string altered = whole;
  altered[altered.size() / 2] ^= 0x55;
  for (const std::string& damaged : {altered, whole.substr(0, whole.size() / 2)}) {
    std::ofstream(path_ + ".xz", std::ios::binary | std::ios::trunc) << damaged;
    EXPECT_EQ(refusal(), path_ + ".xz is damaged: it cannot be unpacked");
  }
}

TEST_F(JournalFile, ThatDoesNotExistCannotBeContinuedOrRead) {
  EXPECT_THROW(Journal::append_to(path_), JournalError);
  EXPECT_EQ(refusal(), "there is no journal " + path_ + "; give the directory of a run");
}

TEST_F(JournalFile, RefusesALineInsideThatIsNotJsonByItsNumber) {
  put(kHead.dump() + "\nwhat is this\n" + numbered(1).dump() + "\n");
  EXPECT_EQ(refusal(), "line 2 of " + path_ +
                           " is not JSON: the file is damaged, or is no journal of handoff");
}

TEST_F(JournalFile, RefusesWhatDoesNotBeginWithAPlan) {
  for (const std::string& text : {std::string(), numbered(1).dump() + "\n", kHead.dump(),
                                  std::string("{}\n"), std::string("\n")}) {
    put(text);
    EXPECT_NE(refusal().find("no journal of handoff"), std::string::npos) << text << refusal();
  }
}

TEST_F(JournalFile, RefusesLinesThatAreJsonButNoObjectsWithASentence) {
  put("[1,2]\n");
  EXPECT_NE(refusal().find("no journal of handoff"), std::string::npos) << refusal();
}

/// A disk that is full after `bytes`: writing beyond gives EFBIG.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(JournalFile, OnAFullDiskEndsWithAWholeLineAndSaysSo) {
  for (const rlim_t room : {1, 10, 33, 60, 100}) {
    std::filesystem::remove(path_);
    Journal journal = Journal::create(path_);
    journal.add(kHead);
    journal.flush();
    const std::string flushed = content();
    for (int i = 0; i < 10; ++i) journal.add(numbered(i));
    {
      const FullDisk disk(flushed.size() + room);
      try {
        journal.flush();
        FAIL() << "written";
      } catch (const JournalError& error) {
        EXPECT_NE(std::string(error.what()).find("cannot write " + path_ + ": File too large"),
                  std::string::npos)
            << error.what();
      }
    }
    EXPECT_EQ(content(), flushed) << room;
    journal.add(numbered(99));  // there is room again
    journal.flush();
    EXPECT_EQ(read_journal(path_), (std::vector<Json>{kHead, numbered(99)}));
  }
}

TEST_F(JournalFile, ResultsAreWrittenWholeOrNotAtAll) {
  const Plan plan = testing::small_plan();
  const RunRecord record = testing::record_of(plan, testing::whole_run(plan));
  const RunDirectory directory{directory_};
  const Json context{{"suite", "custom"},
                     {"seed", 3},
                     {"incarnations", 8},
                     {"dropped", Json::array()},
                     {"environment", {{"warnings", Json::array()}}}};
  write_results(directory, make_results(plan, context, record));
  std::ifstream file(directory.results());
  const Json before = Json::parse(file);
  {
    const FullDisk disk(500);
    const Json empty = make_results(plan, context, testing::record_of(plan, {}));
    EXPECT_THROW(write_results(directory, empty), std::runtime_error);
  }
  std::ifstream again(directory.results());
  EXPECT_EQ(Json::parse(again), before);
  EXPECT_FALSE(std::filesystem::exists(directory.results() + ".part"));
}

TEST_F(JournalFile, HoldsARunSoThatItsResultsCanBeMadeAnew) {
  const Plan plan = testing::small_plan();
  const std::vector<Json> lines = testing::whole_run(plan);
  {
    Journal journal = Journal::create(path_);
    journal.add(journal_head(plan, Json::object()));
    for (const Json& line : lines) journal.add(line);
    journal.flush();
  }
  const std::vector<Json> read = read_journal(path_);
  const Plan again = plan_from_json(read.at(0).at("plan"));
  EXPECT_EQ(plan_difference(plan, again), "");
  EXPECT_EQ(make_results(again, Json::object(), testing::record_of(again, read)),
            make_results(plan, Json::object(), testing::record_of(plan, lines)));
}

}  // namespace
}  // namespace handoff
