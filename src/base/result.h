#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "base/error.h"

namespace tradeauto {

// A value or an Error. Reading the wrong side is a programming error (asserted).
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return *std::get_if<0>(&checked()); }
  const T& value() const& { return *std::get_if<0>(&checked()); }
  T&& value() && { return std::move(*std::get_if<0>(&checked())); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  const Error& error() const& {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    assert(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error>& checked() {
    assert(ok());
    return state_;
  }
  const std::variant<T, Error>& checked() const {
    assert(ok());
    return state_;
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }

  Error& error() & { return error_.value(); }
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }

 private:
  std::optional<Error> error_;
};

}  // namespace tradeauto

#define TRADEAUTO_CONCAT_IMPL(a, b) a##b
#define TRADEAUTO_CONCAT(a, b) TRADEAUTO_CONCAT_IMPL(a, b)

// `TRY(auto x, expr);` takes the value of a Result or returns its error. CO_TRY is the same in a coroutine.
// TRY_VOID and CO_TRY_VOID are for Result<void>.
#define TRADEAUTO_TRY_IMPL(tmp, decl, expr, ret) \
  auto tmp = (expr);                             \
  if (!tmp.ok()) ret std::move(tmp).error();     \
  decl = std::move(tmp).value()
#define TRADEAUTO_TRY_VOID_IMPL(expr, ret)                               \
  do {                                                                   \
    auto tradeauto_result = (expr);                                      \
    if (!tradeauto_result.ok()) ret std::move(tradeauto_result).error(); \
  } while (false)
#define TRY(decl, expr) TRADEAUTO_TRY_IMPL(TRADEAUTO_CONCAT(tradeauto_result_, __LINE__), decl, expr, return)
#define CO_TRY(decl, expr) TRADEAUTO_TRY_IMPL(TRADEAUTO_CONCAT(tradeauto_result_, __LINE__), decl, expr, co_return)
#define TRY_VOID(expr) TRADEAUTO_TRY_VOID_IMPL(expr, return)
#define CO_TRY_VOID(expr) TRADEAUTO_TRY_VOID_IMPL(expr, co_return)
