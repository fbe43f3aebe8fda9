// What travels through a channel: small payloads by value, larger ones as the number of a slot.
//
// Channels are templates over the message type, so that a value of 64 bytes is copied by two or
// four instructions and not by a call. A payload between two sizes travels in the next larger
// value; only its own bytes are produced and checked.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "bench/interface/workload.h"

namespace handoff {

/// A payload of up to N bytes, by value. It never straddles more cache lines than it must: where a
/// heap block happens to begin is luck of an incarnation, not a property of a strategy.
template <std::size_t N>
struct Value {
  static constexpr std::size_t kSize = N;
  alignas(N < 64 ? N : 64) std::array<std::byte, N> bytes;
};

/// A payload in a place of the strategy's own, written and read where it lies. V: Value<N>, or
/// Bytes for a size that is known at run time only.
struct Bytes {};
template <class V>
struct InPlace {
  using Payload = V;
};

/// The payload at `at`, as lanes take it.
template <class Message>
decltype(auto) payload_in(std::byte* at) {
  if constexpr (std::same_as<Message, InPlace<Bytes>>) {
    return at;
  } else {
    return *reinterpret_cast<typename Message::Payload*>(at);
  }
}

template <class Message>
inline constexpr bool kIsInPlace = false;
template <class V>
inline constexpr bool kIsInPlace<InPlace<V>> = true;

/// A payload that lies in a slot of its own (bench/interface/slots.h).
struct Parcel {
  std::uint32_t slot;
};

inline constexpr std::size_t kLargestValue = 256;

/// Whether the payload travels by value at this workload, and not as a Parcel.
constexpr bool travels_by_value(const Workload& workload) {
  return workload.transfer == Transfer::kCopy && workload.payload <= kLargestValue;
}

/// Calls `use(std::type_identity<V>{})` with the smallest Value that holds `payload` bytes.
/// REQUIRES: payload <= kLargestValue.
template <class Use>
decltype(auto) with_value(std::uint32_t payload, Use&& use) {
  if (payload <= 8) return std::forward<Use>(use)(std::type_identity<Value<8>>{});
  if (payload <= 16) return std::forward<Use>(use)(std::type_identity<Value<16>>{});
  if (payload <= 32) return std::forward<Use>(use)(std::type_identity<Value<32>>{});
  if (payload <= 64) return std::forward<Use>(use)(std::type_identity<Value<64>>{});
  if (payload <= 128) return std::forward<Use>(use)(std::type_identity<Value<128>>{});
  return std::forward<Use>(use)(std::type_identity<Value<256>>{});
}

/// Calls `use(std::type_identity<M>{})` with the message type M for this workload. REQUIRES: its
/// transfer is not in_place.
template <class Use>
decltype(auto) with_message(const Workload& workload, Use&& use) {
  if (!travels_by_value(workload)) return std::forward<Use>(use)(std::type_identity<Parcel>{});
  return with_value(workload.payload, std::forward<Use>(use));
}

/// The same for in_place, with InPlace<V>.
template <class Use>
decltype(auto) with_place(const Workload& workload, Use&& use) {
  if (workload.payload > kLargestValue) {
    return std::forward<Use>(use)(std::type_identity<InPlace<Bytes>>{});
  }
  return with_value(workload.payload, [&]<class V>(std::type_identity<V>) -> decltype(auto) {
    return std::forward<Use>(use)(std::type_identity<InPlace<V>>{});
  });
}

}  // namespace handoff
