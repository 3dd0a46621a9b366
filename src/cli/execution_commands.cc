#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/json_text.h"
#include "cli/list_filters.h"
#include "cli/resource.h"
#include "cli/words.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string account_of(const json::object& execution) {
  return fmt::format("{}/{}", text_of(execution, "group"), text_of(execution, "account"));
}

// A report has no id of its own: -o name prints its child order's.
Listing execution_listing() {
  Listing listing;
  listing.name_key = "child_order_id";
  listing.columns = {time_member("AT", "at", Fit::extra),
                     {.title = "ACCOUNT", .text = account_of},
                     member("SUB-ACCOUNT", "sub_account"),
                     member("SIDE", "side"),
                     member("QUANTITY", "quantity"),
                     member("SYMBOL", "symbol"),
                     member("STATUS", "status"),
                     member("PRICE", "price"),
                     member("BROKER ORDER", "broker_order_id", Fit::extra),
                     member("MESSAGE", "message", Fit::wraps)};
  listing.columns[6].is_status = true;
  return listing;
}

asio::awaitable<Result<ExitCode>> list_executions(Command& command, ListFilters filters) {
  CO_TRY(const json::object list, co_await read_filtered(command, "executions", std::move(filters)));
  co_return command.print(rows_of_list(list, execution_listing()));
}

}  // namespace

void add_execution_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("execution", "what each sub-account answered");
  const auto filters = std::make_shared<ListFilters>();
  CLI::App& verb =
      add_verb(noun, "list", "execution reports, those of the newest order first",
               "tradeauto execution list --group family\ntradeauto execution list --status in_doubt -o csv --limit 0");
  filters->add(verb, "--group", "in this group");
  one_of(filters->add(verb, "--status", "of this status"),
         {"submitted", "filled", "rejected", "closed", "not_sent", "dry_run", "in_doubt"});
  filters->add(verb, "--symbol", "of this symbol");
  filters->add(verb, "--account", "of this account, GROUP/ACCOUNT");
  filters->add(verb, "--client-order-id", "of the order with this id of the client's");
  filters->add(verb, "--since", "of orders made at or after this time, e.g. 2026-01-02T00:00:00Z");
  filters->add(verb, "--until", "of orders made before this time");
  filters->add_limit(verb);
  run_on(set, verb, [filters](Command& command) { return list_executions(command, *filters); });
}

}  // namespace tradeauto
