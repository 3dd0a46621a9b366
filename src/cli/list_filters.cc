#include "cli/list_filters.h"

#include <utility>

#include "cli/json_text.h"

namespace tradeauto {

asio::awaitable<Result<boost::json::object>> read_filtered(Command& command, std::string resource,
                                                           ListFilters filters) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(boost::json::object list, co_await rest->list(path_of({resource}),
                                                       {{"group", filters.group},
                                                        {"status", filters.status},
                                                        {"symbol", filters.symbol},
                                                        {"account", filters.account},
                                                        {"client_order_id", filters.client_order_id},
                                                        {"since", filters.since},
                                                        {"until", filters.until}},
                                                       filters.limit));
  if (!text_of(list, "next_cursor").empty()) command.note("there are more: see --limit");
  co_return list;
}

}  // namespace tradeauto
