#include "bench/cell/protocol.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <limits>
#include <string>
#include <system_error>
#include <thread>

#include "bench/cell/keeper.h"
#include "bench/posix/unique_fd.h"

namespace handoff {
namespace {

struct Socket {
  Socket() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    near = UniqueFd(ends[0]);
    far = UniqueFd(ends[1]);
  }
  void say(const std::string& text) const {
    EXPECT_EQ(send(far.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  UniqueFd near, far;
};

TEST(Protocol, WorkloadsSurviveTheJourney) {
  for (const Transfer transfer : {Transfer::kCopy, Transfer::kMove}) {
    const Workload workload{3, 5, 65537, 1 << 20, transfer};
    EXPECT_EQ(workload_from(Json::parse(to_json(workload).dump())), workload);
  }
}

TEST(Protocol, OpenRequestsSurviveTheJourney) {
  const OpenRequest request{.strategy = "mutex_queue",
                            .workload = {.producers = 2},
                            .cpus = {3, 1, 2},
                            .spin_ticks = 77,
                            .max_items = 1ULL << 30,
                            .tick_source = TickSource::kCounter,
                            .ns_per_tick = 0.4761904761904762,
                            .seed = std::numeric_limits<std::uint64_t>::max(),
                            .delays = 12,
                            .pauses = true};
  const OpenRequest back = OpenRequest::from(Json::parse(request.to_json().dump()));
  EXPECT_EQ(back.strategy, request.strategy);
  EXPECT_EQ(back.workload, request.workload);
  EXPECT_EQ(back.cpus, request.cpus);
  EXPECT_EQ(back.spin_ticks, request.spin_ticks);
  EXPECT_EQ(back.max_items, request.max_items);
  EXPECT_EQ(back.tick_source, request.tick_source);
  EXPECT_EQ(back.ns_per_tick, request.ns_per_tick);
  EXPECT_EQ(back.seed, request.seed);
  EXPECT_EQ(back.delays, request.delays);
  EXPECT_EQ(back.pauses, request.pauses);
}

TEST(Protocol, OpenRepliesSayOneOfThreeThings) {
  const OpenReply opened = OpenReply::from(OpenReply{.note = "n", .bound = true}.to_json());
  EXPECT_EQ(opened.note, "n");
  EXPECT_TRUE(opened.bound);
  EXPECT_TRUE(opened.error.empty() && opened.unsupported.empty());
  EXPECT_EQ(OpenReply::from(OpenReply{.unsupported = "why"}.to_json()).unsupported, "why");
  EXPECT_EQ(OpenReply::from(OpenReply{.error = "oh"}.to_json()).error, "oh");
}

TEST(Protocol, SliceRepliesSurviveTheJourney) {
  SliceReply reply;
  reply.slice = 17;
  reply.outcome = {CellVerdict::kLost, "slice 17: lost 1"};
  reply.items = 1ULL << 29;
  reply.window_items = 123.5;
  reply.elapsed_ns = 1e9 + 0.25;
  reply.whole_ns = 2e9;
  reply.cpu_ns = 3e9;
  reply.voluntary = 4;
  reply.involuntary = 5;
  reply.run_delay_ns = 6;
  reply.under_way = 7.5;
  reply.slowest_share = 0.25;
  reply.fastest_share = 1.75;
  reply.parked_cpu_ns = 7;
  reply.parked_wall_ns = 8;
  reply.missed_wakeups = 9;
  EXPECT_EQ(SliceReply::from(Json::parse(reply.to_json().dump())).to_json(), reply.to_json());
}

TEST(Protocol, AMinimalSliceReplyOfAnotherLanguageIsEnough) {
  const SliceReply reply =
      SliceReply::from(Json::parse(R"({"slice":1,"verdict":"delivered","items":5,"window_items":4,)"
                                   R"("elapsed_ns":10,"whole_ns":20,"cpu_ns":30})"));
  EXPECT_TRUE(reply.outcome.good());
  EXPECT_EQ(reply.run_delay_ns, -1);
}

TEST(Protocol, AnUnknownVerdictIsRefused) {
  Json json = SliceReply{}.to_json();
  json["verdict"] = "splendid";
  EXPECT_THROW(SliceReply::from(json), std::runtime_error);
}

TEST(Protocol, EveryVerdictHasANameOfItsOwn) {
  for (int i = 0; i <= static_cast<int>(CellVerdict::kUnsupported); ++i) {
    const auto verdict = static_cast<CellVerdict>(i);
    EXPECT_EQ(cell_verdict(name(verdict)), verdict);
  }
  EXPECT_EQ(cell_verdict(""), std::nullopt);
  EXPECT_FALSE(is_failure(CellVerdict::kUnsupported));
  EXPECT_FALSE(is_failure(CellVerdict::kDelivered));
  EXPECT_TRUE(is_failure(CellVerdict::kLeaked));
}

TEST(Protocol, CellEndsSurviveTheJourney) {
  const CellEnd end = CellEnd::from(CellEnd{139, "12 (x), 13 (y)"}.to_json());
  EXPECT_EQ(end.wait_status, 139);
  EXPECT_EQ(end.left_behind, "12 (x), 13 (y)");
}

TEST(LineChannel, GivesWholeLinesHoweverTheyArrive) {
  const Socket socket;
  LineChannel channel(socket.near.get());
  socket.say("{\"a\":1}\n{\"b\":2}\n{\"c\"");
  EXPECT_EQ((*channel.receive(1000))["a"], 1);
  EXPECT_EQ((*channel.receive(1000))["b"], 2);
  EXPECT_EQ(channel.receive(0), std::nullopt);
  socket.say(":3}\n");
  EXPECT_EQ((*channel.receive(1000))["c"], 3);
}

TEST(LineChannel, SendsAndReceivesMessagesLargerThanTheSocketHolds) {
  const Socket socket;
  const Json large{{"text", std::string(3'000'000, 'x')}};
  std::thread sender([&] { LineChannel(socket.far.get()).send(large); });
  EXPECT_EQ(LineChannel(socket.near.get()).receive(), large);
  sender.join();
}

TEST(LineChannel, GivesNothingWhenTheTimeIsOver) {
  const Socket socket;
  EXPECT_EQ(LineChannel(socket.near.get()).receive(5), std::nullopt);
}

TEST(LineChannel, ThrowsWhenTheOtherEndIsGone) {
  Socket socket;
  LineChannel channel(socket.near.get());
  socket.say("{\"last\":1}\n{\"half");
  socket.far.reset();
  EXPECT_EQ((*channel.receive())["last"], 1);
  EXPECT_THROW(channel.receive(), std::runtime_error);
  EXPECT_THROW(channel.send({{"x", 1}}), std::system_error);
}

TEST(LineChannel, ThrowsAtWhatIsNotJsonAndShowsItsBeginning) {
  const Socket socket;
  LineChannel channel(socket.near.get());
  socket.say("Segmentation fault" + std::string(500, '!') + "\n{\"fine\":1}\n");
  try {
    channel.receive();
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("Segmentation fault!"), std::string::npos);
    EXPECT_LT(std::string(error.what()).size(), 200U);
  }
  EXPECT_EQ((*channel.receive())["fine"], 1);
}

TEST(LineChannel, SendsReasonsThatAreNoUtf8) {
  const Socket socket;
  LineChannel(socket.far.get()).send({{"reason", "caf\xe9"}});
  EXPECT_EQ((*LineChannel(socket.near.get()).receive())["reason"], "caf\xef\xbf\xbd");
}

TEST(LineChannel, KeepsNewlinesInsideAMessage) {
  const Socket socket;
  const Json message{{"reason", "two\nlines"}};
  LineChannel(socket.far.get()).send(message);
  EXPECT_EQ(LineChannel(socket.near.get()).receive(), message);
}

}  // namespace
}  // namespace handoff
