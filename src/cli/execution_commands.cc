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
  auto flags = std::make_shared<ListFilters>();
  CLI::App& verb =
      add_verb(noun, "list", "execution reports, those of the newest order first",
               "tradeauto execution list --group family\ntradeauto execution list --status in_doubt -o csv --limit 0");
  verb.add_option("--group", flags->group, "in this group");
  one_of(*verb.add_option("--status", flags->status, "that ended so"),
         {"submitted", "filled", "rejected", "closed", "not_sent", "dry_run", "in_doubt"});
  verb.add_option("--symbol", flags->symbol, "of this symbol");
  verb.add_option("--account", flags->account, "of this account, GROUP/ACCOUNT");
  verb.add_option("--client-order-id", flags->client_order_id, "of the order with this id of the client's");
  verb.add_option("--since", flags->since, "of orders made at or after this time, e.g. 2026-01-02T00:00:00Z");
  verb.add_option("--until", flags->until, "of orders made before this time");
  verb.add_option("--limit", flags->limit, "at most so many (0: all)")->capture_default_str();
  run_on(set, verb, [flags](Command& command) { return list_executions(command, *flags); });
}

}  // namespace tradeauto
