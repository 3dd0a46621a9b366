#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace tradeauto {

// A string that cannot be mistaken for another one: exchanging two ids does not compile.
// Holds whatever it is given; names that have a grammar are made by their own parse function (domain/names.h).
template <typename Tag>
class TypedId {
 public:
  TypedId() = default;
  explicit TypedId(std::string value) : value_(std::move(value)) {}

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }

  auto operator<=>(const TypedId&) const = default;
  bool operator==(const TypedId&) const = default;

 private:
  std::string value_;
};

// The same for counters.
template <typename Tag>
class TypedNumber {
 public:
  constexpr TypedNumber() = default;
  constexpr explicit TypedNumber(std::uint64_t value) : value_(value) {}

  constexpr std::uint64_t get() const { return value_; }
  constexpr TypedNumber next() const { return TypedNumber(value_ + 1); }

  constexpr auto operator<=>(const TypedNumber&) const = default;

 private:
  std::uint64_t value_ = 0;
};

}  // namespace tradeauto

template <typename Tag>
struct std::hash<tradeauto::TypedId<Tag>> {
  std::size_t operator()(const tradeauto::TypedId<Tag>& id) const { return std::hash<std::string>{}(id.str()); }
};

template <typename Tag>
struct fmt::formatter<tradeauto::TypedId<Tag>> : fmt::formatter<std::string_view> {
  template <typename Context>
  auto format(const tradeauto::TypedId<Tag>& id, Context& context) const {
    return fmt::formatter<std::string_view>::format(id.str(), context);
  }
};

template <typename Tag>
struct fmt::formatter<tradeauto::TypedNumber<Tag>> : fmt::formatter<std::uint64_t> {
  template <typename Context>
  auto format(const tradeauto::TypedNumber<Tag>& id, Context& context) const {
    return fmt::formatter<std::uint64_t>::format(id.get(), context);
  }
};
