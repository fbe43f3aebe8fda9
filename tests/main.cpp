// The test program is handoff as well: cells that tests start are this very program, exec'd anew.
#include <gtest/gtest.h>

#include <string_view>

#include "bench/commands/dispatch.h"

int main(int argc, char** argv) {
  if (argc > 1) {
    const std::string_view first = argv[1];
    if (first == "keeper") return handoff::dispatch(argc, argv);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
