#include "bench/interface/slots.h"

#include <new>

namespace handoff {

namespace {
constexpr std::size_t kLine = 64, kPage = 4096;
std::size_t rounded(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}
}  // namespace

Slots::Slots(const Workload& workload) {
  const std::uint32_t slots = count(workload);
  batch_ = batch(workload);
  producers_ = workload.producers;
  // An odd number of lines apart, so that large slots do not all begin in one set of the cache.
  stride_ = (rounded(workload.payload, kLine) / kLine | 1) * kLine;
  words_ = (slots + 63) / 64;
  const std::size_t head = rounded(words_ * sizeof(Word), kPage);
  memory_ = SharedMemory::create(head + slots * stride_);
  memory_.populate();
  free_ = reinterpret_cast<Word*>(memory_.data());
  bytes_ = memory_.data() + head;
  for (std::uint32_t i = 0; i < words_; ++i) {
    const std::uint32_t here = slots - i * 64 < 64 ? slots - i * 64 : 64;
    new (&free_[i]) Word{here == 64 ? ~0ULL : (1ULL << here) - 1};
  }
}

}  // namespace handoff
