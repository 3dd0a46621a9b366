#pragma once

#include <optional>
#include <string_view>

#include "domain/decimal.h"
#include "domain/order.h"

namespace tradeauto::autorsa_output {

// The words of an order in a line: "buy 1.0 of AAPL".
struct OrderWords {
  std::optional<Side> side;
  std::optional<Decimal> quantity;  // nothing: a number that no Decimal can hold
  std::string_view ticker;

  bool operator==(const OrderWords&) const = default;
};

// A number as Python prints a float ("1.0", "1e+16"), exactly; nothing if it is none or leaves Decimal's range.
std::optional<Decimal> parse_python_number(std::string_view text);

// Takes one line apart from left to right. Once a part does not fit, nothing after it does; the line matches
// only if matched() says so at the end. Never backtracks: linear in the line.
class LineMatch {
 public:
  explicit LineMatch(std::string_view line) : rest_(line) {}

  LineMatch& literal(std::string_view text);
  LineMatch& digits(std::string_view* found = nullptr);
  LineMatch& number(std::optional<Decimal>* value = nullptr);
  LineMatch& account(std::string_view* found);  // "xxxx1234", "1234"
  LineMatch& ticker(std::string_view* found);
  LineMatch& word(std::string_view* found = nullptr);  // of letters, digits and "_.-"
  LineMatch& order(OrderWords* found);                 // "buy 1.0 of AAPL"
  LineMatch& announcement(OrderWords* found);          // "buying 1.0 of AAPL"
  // Everything before the last `end`, which is not taken; not empty.
  LineMatch& until(std::string_view end, std::string_view* found);
  LineMatch& anything(std::string_view* found = nullptr);

  // All parts fitted, and nothing of the line is left.
  bool matched() const { return fits_ && rest_.empty(); }

 private:
  template <typename Accept>
  LineMatch& run_of(Accept accept, std::size_t limit, std::string_view* found);
  LineMatch& words(std::string_view buy, std::string_view sell, OrderWords* found);

  std::string_view rest_;
  bool fits_ = true;
};

}  // namespace tradeauto::autorsa_output
