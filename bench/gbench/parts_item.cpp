// The work that every strategy has per item: its bytes are written, copied and checked, and from
// time to time a lane reads the clock.
//
// The buffers stay in the nearest cache that they fit into, so these parts show the cost of the
// work and not that of memory.
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
    DoNotOptimize(at);  // the pointer escapes, so ClobberMemory() applies to the buffer
  }
  std::byte* bytes() { return lines_.front().bytes.data(); }

 private:
  std::vector<Value<64>> lines_;
};

/// As in the lanes: the compiler knows the size of a small value, but not that of a larger payload.
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
    DoNotOptimize(++id);  // so that each id is encoded separately
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
    ClobberMemory();  // so that the bytes are read again
    std::uint64_t id = item_code::decode(item_code::first_word(at));
    DoNotOptimize(id);
    good &= item_code::intact(at, size) & (id == 1);
    DoNotOptimize(good);
  }
  if (!good) throw std::logic_error("the check calls an unchanged item altered");
  state.SetBytesProcessed(state.iterations() * kSize);
}

template <std::size_t... kSizes>
std::vector<Part> parts_of_an_item() {
  std::vector<Part> parts{
      {"clock_read/counter", "read the CPU's counter, the clock of the lanes if it is constant",
       clock_read<TickSource::kCounter>},
      {"clock_read/clock_gettime", "read CLOCK_MONOTONIC, the clock of the lanes otherwise",
       clock_read<TickSource::kClock>}};
  const auto each = [&](const char* name, const char* what, auto... runs) {
    const std::size_t sizes[] = {kSizes...};
    std::size_t i = 0;
    (parts.push_back({name + std::to_string(sizes[i++]), what, runs}), ...);
  };
  each("item_write/", "make an item's bytes from its id and write them", item_write<kSizes>...);
  each("item_copy/", "copy an item's bytes from one buffer to another", item_copy<kSizes>...);
  each("item_check/", "decode an item's id and compare every byte", item_check<kSizes>...);
  return parts;
}

[[maybe_unused]] const bool kAdded =
    add_parts(PartGroup::kItem, parts_of_an_item<8, 64, 1024, 4096, 65536>());

}  // namespace
}  // namespace handoff
