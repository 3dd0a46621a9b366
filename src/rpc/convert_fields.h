#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/result.h"
#include "domain/decimal.h"
#include "rpc/convert.h"

// Readers of single fields, for the convert_*.cc files. Each error names the field; under() puts the path of its parent
// in front.
namespace tradeauto::wire {

// Ids are made by us or by a peer of ours: no grammar beyond "it can be printed".
constexpr std::size_t kMaxIdLength = 128;

inline Error bad_field(std::string_view field, std::string_view detail) {
  Error error = make_error(ErrorCode::invalid_argument, "protocol_error", fmt::format("{}: {}", field, detail));
  error.fields.push_back({.pointer = std::string(field), .code = "invalid", .detail = std::string(detail)});
  return error;
}

inline Error under(std::string_view parent, Error error) {
  error.message = fmt::format("{}.{}", parent, error.message);
  for (FieldError& field : error.fields) field.pointer = fmt::format("{}.{}", parent, field.pointer);
  return error;
}

template <typename T>
Result<T> under(std::string_view parent, Result<T> result) {
  if (result.ok()) return result;
  return under(parent, std::move(result).error());
}

template <typename Id>
Result<Id> read_id(std::string_view field, std::string_view text) {
  const bool printable = std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
  if (text.empty()) return bad_field(field, "is missing");
  if (text.size() > kMaxIdLength || !printable)
    return bad_field(field, "is not an id of 1 to 128 printable characters");
  return Id(std::string(text));
}

// `parse` is one of the domain's: parse_symbol, parse_group_name, Decimal::parse …
template <typename Parse>
auto read_with(std::string_view field, std::string_view text, Parse parse) -> decltype(parse(text)) {
  auto value = parse(text);
  if (!value.ok()) return bad_field(field, text.empty() ? "is missing" : value.error().message);
  return value;
}

template <typename Typed>
Result<Typed> read_decimal(std::string_view field, std::string_view text) {
  TRY(const Decimal value, read_with(field, text, Decimal::parse));
  return Typed(value);
}

// Wire enums are the domain's plus one: zero is UNSPECIFIED. `known` is protobuf's …_IsValid.
template <typename Wire, typename Domain>
Wire to_wire(Domain value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}
template <typename Domain>
Result<Domain> read_enum(std::string_view field, int value, bool (*known)(int)) {
  if (value == 0) return bad_field(field, "is missing");
  if (!known(value)) return bad_field(field, fmt::format("{} is not a value that this version knows", value));
  return static_cast<Domain>(value - 1);
}

// What is over already has nothing left.
inline std::int64_t wire_nanos(std::chrono::nanoseconds left) { return std::max<std::int64_t>(0, left.count()); }
inline Result<std::chrono::nanoseconds> read_duration(std::string_view field, std::int64_t nanos) {
  if (nanos < 0) return bad_field(field, fmt::format("{} is negative", nanos));
  return std::chrono::nanoseconds(nanos);
}

inline Timestamp read_time(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

// Reads each element of `items` with `read(element)`; the error's path is "field[2]…".
template <typename T, typename Items, typename Read>
Result<std::vector<T>> read_list(std::string_view field, const Items& items, Read read) {
  std::vector<T> out;
  out.reserve(static_cast<std::size_t>(items.size()));
  for (const auto& item : items) {
    Result<T> value = read(item);
    if (!value.ok()) return under(fmt::format("{}[{}]", field, out.size()), std::move(value).error());
    out.push_back(std::move(*value));
  }
  return out;
}

template <typename Message>
auto read_message(std::string_view field, bool present, const Message& message) -> decltype(from_proto(message)) {
  if (!present) return bad_field(field, "is missing");
  return under(field, from_proto(message));
}

}  // namespace tradeauto::wire
