#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>

#include "base/result.h"
#include "cli/command.h"

namespace tradeauto {

// What a list is filtered by, a flag each, and how much of it is read. The flags write into it, so the verb's stays
// where it is; a run gets a copy.
class ListFilters {
 public:
  explicit ListFilters(std::uint32_t limit = 50) : limit_(limit) {}

  // The flag `--some-name VALUE`: filters by the query's `some_name`.
  CLI::Option& add(CLI::App& verb, std::string_view flag, const std::string& help);
  // `--limit`; 0 reads all.
  void add_limit(CLI::App& verb);

  // What was given for the query's `name`; empty: nothing.
  std::string operator[](std::string_view name) const;
  const std::deque<std::pair<std::string, std::string>>& values() const { return values_; }
  std::uint32_t limit() const { return limit_; }

 private:
  std::deque<std::pair<std::string, std::string>> values_;  // in the order of the help; a deque moves none
  std::uint32_t limit_;
};

// The list at /v1/`resource`; tells when there are more.
asio::awaitable<Result<boost::json::object>> read_filtered(Command& command, std::string resource, ListFilters filters);

}  // namespace tradeauto
