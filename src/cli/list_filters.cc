#include "cli/list_filters.h"

#include <algorithm>

#include "cli/json_text.h"

namespace tradeauto {

CLI::Option& ListFilters::add(CLI::App& verb, std::string_view flag, const std::string& help) {
  std::string name(flag.substr(flag.find_first_not_of('-')));
  std::ranges::replace(name, '-', '_');
  auto& [key, value] = values_.emplace_back(std::move(name), std::string());
  return *verb.add_option(std::string(flag), value, help);
}

void ListFilters::add_limit(CLI::App& verb) {
  verb.add_option("--limit", limit_, "at most so many (0: all)")->capture_default_str();
}

std::string ListFilters::operator[](std::string_view name) const {
  const auto found = std::ranges::find(values_, name, [](const auto& value) { return std::string_view(value.first); });
  return found == values_.end() ? std::string() : found->second;
}

asio::awaitable<Result<boost::json::object>> read_filtered(Command& command, std::string resource,
                                                           ListFilters filters) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(boost::json::object list,
         co_await rest->list(path_of({resource}), {filters.values().begin(), filters.values().end()}, filters.limit()));
  if (!text_of(list, "next_cursor").empty()) command.note("there are more: see --limit");
  co_return list;
}

}  // namespace tradeauto
