// In which order a race visits points, from records made by hand.
#include "bench/run/race_order.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "bench/stats/interim_looks.h"

namespace handoff {
namespace {

Plan race_plan(int points, int first_later) {
  Plan plan;
  plan.seed = 7;
  plan.precision = 0.05;
  plan.looks = race_looks();
  plan.incarnations = 200;
  for (int i = 0; i < points; ++i) {
    PointPlan point;
    point.id = std::to_string(i);
    point.incarnations = 200;
    point.blocks = 1;
    point.later = i >= first_later;
    point.cells.resize(2);
    plan.points.push_back(point);
  }
  return plan;
}

struct Race {
  Plan plan;
  RunRecord record{plan};
  RaceOrder order{plan, record, [](int) { return 1.0; }};

  Race(int points, int first_later) : plan(race_plan(points, first_later)) {}

  /// Makes the next visit; the point, -1 at the end.
  int visit(double left_s = 1000) {
    const auto next = order.next(left_s);
    if (!next) return -1;
    EXPECT_FALSE(record.point(next->point).passes_done.contains(next->pass));
    record.add({{"t", "pass"}, {"point", next->point}, {"pass", next->pass}});
    return next->point;
  }
  void look(int point, bool stop, const Json& needs) {
    record.add({{"t", "look"},
                {"point", point},
                {"passes", 8},
                {"drop", Json::array()},
                {"stop", stop},
                {"needs", needs}});
  }
  std::vector<int> visits(int count, double left_s = 1000) {
    std::vector<int> points;
    for (int i = 0; i < count; ++i) points.push_back(visit(left_s));
    return points;
  }
};

TEST(RaceOrder, BringsEveryPointToItsFirstLookInTurn) {
  Race race(3, 3);
  for (int round = 0; round < 8; ++round) {
    const std::vector<int> points = race.visits(3);
    EXPECT_EQ(std::set<int>(points.begin(), points.end()), (std::set<int>{0, 1, 2})) << round;
  }
}

TEST(RaceOrder, LetsLaterPointsJoinWhenTheFirstAreClear) {
  Race race(3, 1);
  EXPECT_EQ(race.visits(8), std::vector<int>(8, 0));
  race.look(0, true, 1);
  EXPECT_EQ(race.visits(8, 10), std::vector<int>(8, 1)) << "no more than one fits";
  race.look(1, true, 1);
  EXPECT_EQ(race.visits(8, 10), std::vector<int>(8, 2));
}

TEST(RaceOrder, PutsWhatIsLikelyToBeDecidedBeforeLaterPoints) {
  Race race(2, 1);
  race.plan.points[1].workload.payload = 8;
  race.visits(8);
  race.look(0, false, 1.5);
  EXPECT_EQ(race.visit(), 0);
  race.look(0, false, 5);
  EXPECT_EQ(race.visit(), 1);
}

TEST(RaceOrder, WaitsForNoLookWhereNoneIsLeft) {
  Race race(2, 1);
  race.visits(8);
  race.look(0, false, 1.1);
  EXPECT_EQ(race.visits(56), std::vector<int>(56, 0)) << "to its last look";
  EXPECT_EQ(race.visits(8), std::vector<int>(8, 1)) << "then later points";
}

TEST(RaceOrder, LetsPointsJoinLastThatResembleOpenOnes) {
  Race race(3, 1);
  race.plan.points[0].workload.payload = race.plan.points[1].workload.payload = 65536;
  race.visits(8);
  race.look(0, false, 20);
  EXPECT_EQ(race.visits(8, 10), std::vector<int>(8, 2)) << "before the earlier one";
  race.look(2, true, 1);
  EXPECT_EQ(race.visits(56), std::vector<int>(56, 0)) << "which comes after what can be decided";
  EXPECT_EQ(race.visit(), 1);
}

TEST(RaceOrder, TakesPointsAsMuchInWantOfCpusForMoreAlike) {
  Race race(4, 2);
  for (const int point : {1, 3}) {
    race.plan.points[static_cast<std::size_t>(point)].placement.oversubscribed = true;
  }
  race.visits(16);
  race.look(0, false, nullptr);
  race.look(1, true, 1);
  EXPECT_EQ(race.visits(8, 10), std::vector<int>(8, 3));
  race.look(3, true, 1);
  EXPECT_EQ(race.visit(), 2) << "like point 0, that stays open";
}

TEST(RaceOrder, PutsWhatNoNumberOfIncarnationsDecidesLast) {
  Race race(2, 2);
  race.visits(16);
  race.look(0, false, nullptr);
  race.look(1, false, 20);
  EXPECT_EQ(race.visits(30), std::vector<int>(30, 1));
  race.look(1, true, 1);
  EXPECT_EQ(race.visit(), 0);
}

TEST(RaceOrder, LetsALaterPointJoinOnlyWithTimeToSpareForItsFirstLook) {
  Race race(2, 1);
  race.visits(8);
  race.look(0, true, 1);
  EXPECT_EQ(race.visit(8.5), -1) << "eight visits of a second, if none takes longer than planned";
  EXPECT_EQ(race.visit(10), 1);
}

TEST(RaceOrder, EndsWhenNothingFitsOrAllIsStopped) {
  Race race(1, 1);
  EXPECT_EQ(race.visit(0.5), -1);
  race.visits(8);
  race.look(0, true, 1);
  EXPECT_EQ(race.visit(), -1);
}

TEST(RaceOrder, MakesAVisitThatWasBrokenOffAgain) {
  Race race(1, 1);
  for (const int pass : {0, 2}) race.record.add({{"t", "pass"}, {"point", 0}, {"pass", pass}});
  EXPECT_EQ(race.order.next(1000)->pass, 1);
}

}  // namespace
}  // namespace handoff
