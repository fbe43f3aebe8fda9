// What every item asks for, whatever carries it: its bytes are written, copied and checked, and now
// and then a lane reads the clock.
//
// The buffers stay in the nearest cache that holds them: this is what the work costs, not what
// memory does.
#include <cstring>
#include <stdexcept>
#include <vector>

#include "bench/gbench/parts.h"
#include "bench/interface/clock.h"
#include "bench/interface/item_code.h"
#include "bench/interface/message.h"

namespace handoff {
namespace {

using benchmark::ClobberMemory;
using benchmark::DoNotOptimize;
using benchmark::State;

template <TickSource kSource>
void clock_read(State& state, const PartCpus& /*cpus*/) {
  for (auto _ : state) DoNotOptimize(ticks(kSource));
}

/// A buffer that begins at a cache line, and whose bytes the compiler does not know.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : lines_((size + 63) / 64) {
    std::byte* at = bytes();
    DoNotOptimize(at);  // it escapes: ClobberMemory() holds for it
  }
  std::byte* bytes() { return lines_.front().bytes.data(); }

 private:
  std::vector<Value<64>> lines_;
};

/// As lanes do: a value's size is known to the compiler, that of a larger payload is not.
template <std::size_t kSize>
std::size_t size_for_lanes() {
  std::size_t size = kSize;
  if constexpr (kSize > kLargestValue) DoNotOptimize(size);
  return size;
}

template <std::size_t kSize>
void item_write(State& state, const PartCpus& /*cpus*/) {
  Buffer buffer(kSize);
  std::byte* const at = buffer.bytes();
  const std::size_t size = size_for_lanes<kSize>();
  std::uint64_t id = 0;
  for (auto _ : state) {
    DoNotOptimize(++id);  // each is encoded by itself
    item_code::write(at, size, item_code::encode(id));
    ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * kSize);
}

template <std::size_t kSize>
void item_copy(State& state, const PartCpus& /*cpus*/) {
  Buffer from(kSize), to(kSize);
  std::byte *const source = from.bytes(), *const target = to.bytes();
  const std::size_t size = size_for_lanes<kSize>();
  for (auto _ : state) {
    std::memcpy(target, source, size);
    ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * kSize);
}

template <std::size_t kSize>
void item_check(State& state, const PartCpus& /*cpus*/) {
  Buffer buffer(kSize);
  std::byte* const at = buffer.bytes();
  const std::size_t size = size_for_lanes<kSize>();
  item_code::write(at, size, item_code::encode(1));
  bool good = true;
  for (auto _ : state) {
    ClobberMemory();  // its bytes have to be read again
    std::uint64_t id = item_code::decode(item_code::first_word(at));
    DoNotOptimize(id);
    good &= item_code::intact(at, size) & (id == 1);
    DoNotOptimize(good);
  }
  if (!good) throw std::logic_error("an item that nobody altered is taken for altered");
  state.SetBytesProcessed(state.iterations() * kSize);
}

template <std::size_t... kSizes>
std::vector<Part> parts_of_an_item() {
  std::vector<Part> parts{
      {"clock_read/counter", "the CPU's counter is read: the lanes' clock where it is constant",
       clock_read<TickSource::kCounter>},
      {"clock_read/clock_gettime", "CLOCK_MONOTONIC is read: the lanes' clock elsewhere",
       clock_read<TickSource::kClock>}};
  const auto each = [&](const char* name, const char* what, auto... runs) {
    const std::size_t sizes[] = {kSizes...};
    std::size_t i = 0;
    (parts.push_back({name + std::to_string(sizes[i++]), what, runs}), ...);
  };
  each("item_write/", "an item's bytes are made from its id and written", item_write<kSizes>...);
  each("item_copy/", "an item's bytes are copied from one buffer to another", item_copy<kSizes>...);
  each("item_check/", "an item's id is decoded, and every byte compared", item_check<kSizes>...);
  return parts;
}

[[maybe_unused]] const bool kAdded =
    add_parts(PartGroup::kItem, parts_of_an_item<8, 64, 1024, 4096, 65536>());

}  // namespace
}  // namespace handoff
