// What was learned of a machine is kept for it alone, and widens what a plan's intervals allow for.
#include "bench/calibration/calibration.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/plan_fixture.h"

namespace handoff {
namespace {

using testing::asked;
using testing::machine;
using testing::registry;

Calibration learned() {
  return {.host = "abc",
          .binding = "auto",
          .version = "0.1.0",
          .date = "2026-01-02T03:04:05Z",
          .runs = 14,
          .span_s = 600,
          .held = 0.95,
          .classes = {{64, false, 0.01, {{"one", 0.002}}},
                      {65536, false, 0.03, {}},
                      {64, true, 0.2, {{"one", 0.3}}}}};
}

class CalibrationFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "calibration_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    setenv("XDG_STATE_HOME", folder_.c_str(), 1);
  }
  void TearDown() override {
    unsetenv("XDG_STATE_HOME");
    std::filesystem::remove_all(folder_);
  }
  std::string folder_;
};

TEST_F(CalibrationFile, HoldsWhatWasLearned) {
  const std::string file = calibration_file("abc", "auto", "0.1.0");
  EXPECT_FALSE(load_calibration(file));
  save_calibration(file, learned());
  const auto kept = load_calibration(file);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->runs, 14);
  EXPECT_EQ(kept->date, "2026-01-02T03:04:05Z");
  ASSERT_EQ(kept->classes.size(), 3U);
  EXPECT_EQ(between_run_sd(&kept->classes[0], "one"), 0.002);
}

TEST_F(CalibrationFile, IsOneForEachHostBindingAndVersion) {
  const std::string file = calibration_file("abc", "auto", "0.1.0");
  EXPECT_EQ(file.rfind(folder_ + "/handoff/", 0), 0U);
  EXPECT_NE(file, calibration_file("abd", "auto", "0.1.0"));
  EXPECT_NE(file, calibration_file("abc", "none", "0.1.0"));
  EXPECT_NE(file, calibration_file("abc", "auto", "0.2.0"));
  EXPECT_EQ(calibration_file("a", "../0-3", "1").find("../"), std::string::npos);
}

TEST_F(CalibrationFile, ThatIsDamagedIsASentence) {
  const std::string file = calibration_file("abc", "auto", "0.1.0");
  save_calibration(file, learned());
  std::ofstream(file) << "{\"format\": 1}";
  try {
    load_calibration(file);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("delete it, then run 'handoff calibrate'"),
              std::string::npos);
  }
}

TEST(CalibrationClass, IsTheNearestPayloadOfTheSameOversubscription) {
  const Calibration calibration = learned();
  EXPECT_EQ(calibration.nearest(8, false)->payload, 64U);
  EXPECT_EQ(calibration.nearest(4096, false)->payload, 65536U);
  EXPECT_EQ(calibration.nearest(65536, true)->typical, 0.2);
  EXPECT_EQ(Calibration{}.nearest(64, false), nullptr);
}

TEST(CalibrationClass, SpeaksOfAStrategyItDoesNotKnowAsOfATypicalOne) {
  const Calibration calibration = learned();
  EXPECT_EQ(between_run_sd(calibration.nearest(64, false), "one"), 0.002);
  EXPECT_EQ(between_run_sd(calibration.nearest(64, false), "another"), 0.01);
  EXPECT_EQ(between_run_sd(nullptr, "one"), kDefaultBetweenRunSd);
}

TEST(CalibratedPlan, TellsEachCellWhatOtherRunsDifferBy) {
  const auto strategies = registry(2);
  PlanInputs inputs = machine(2, strategies);
  const Suite suite = asked({"--pairs", "1:1,2:2", "--no-references"});
  for (const PointPlan& point : make_plan(suite, inputs).points) {
    EXPECT_EQ(point.between_run_sds, std::vector<double>(2, kDefaultBetweenRunSd));
  }
  inputs.calibration = learned();
  const Plan plan = make_plan(suite, inputs);
  EXPECT_EQ(plan.points.at(0).between_run_sds, std::vector<double>(2, 0.01));
  EXPECT_EQ(plan.points.at(1).between_run_sds, std::vector<double>(2, 0.2));
  EXPECT_EQ(plan.between_runs.runs, 14);
  const Plan back = plan_from_json(to_json(plan));
  EXPECT_EQ(back.points.at(1).between_run_sds, plan.points.at(1).between_run_sds);
  EXPECT_EQ(back.between_runs.date, plan.between_runs.date);
  EXPECT_EQ(plan_difference(plan, make_plan(suite, machine(2, strategies))), "")
      << "a run may be resumed though the machine was calibrated meanwhile";
}

}  // namespace
}  // namespace handoff
