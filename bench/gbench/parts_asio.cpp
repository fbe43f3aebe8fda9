// The cost of Boost.Asio for a hand-over within one thread.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <stdexcept>

#include "bench/gbench/parts.h"

namespace handoff {
namespace {

namespace asio = boost::asio;

void asio_post(benchmark::State& state, const PartCpus& /*cpus*/) {
  asio::io_context context;
  const auto guard = asio::make_work_guard(context);  // keeps the context running without work
  for (auto _ : state) {
    asio::post(context, [] {});
    if (context.poll_one() != 1) throw std::logic_error("what was posted did not run");
  }
}

[[maybe_unused]] const bool kAdded = add_parts(
    PartGroup::kLibrary,
    {{"asio_post", "post an empty handler to an io_context, and run it by poll_one()", asio_post}});

}  // namespace
}  // namespace handoff
