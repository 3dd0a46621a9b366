#pragma once

#include <string.h>  // explicit_bzero

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace tradeauto {

// A value that cannot be logged: no formatter, no operator<<, no JSON, no comparison by accident.
// The bytes are wiped when it dies or is moved from. `reveal()` is the only way in, and greppable.
template <typename T>
class Secret;

template <>
class Secret<std::string> {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) { wipe(value); }
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe(value_);
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe(value_);
      value_ = std::move(other.value_);
      wipe(other.value_);
    }
    return *this;
  }
  ~Secret() { wipe(value_); }

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  static void wipe(std::string& value) {
    // A moved-from short string keeps its bytes in place; so clear capacity, not size.
    value.resize(value.capacity());
    explicit_bzero(value.data(), value.size());
    value.clear();
  }

  std::string value_;
};

using SecretString = Secret<std::string>;

}  // namespace tradeauto
