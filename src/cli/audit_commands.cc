#include <array>
#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>

#include "cli/command_set.h"
#include "cli/event_view.h"
#include "cli/json_text.h"
#include "cli/list_filters.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// What it was done to, beside the group.
std::string what(const json::object& item) {
  static constexpr std::array kMembers = {"token", "account", "child_order_id", "order_id", "worker"};
  for (const char* const name : kMembers) {
    if (std::string text = text_of(item, name); !text.empty()) return text;
  }
  return {};
}

Listing audit_listing() {
  Listing listing;
  listing.columns = {time_member("AT", "at"),
                     actor_column(),
                     member("TYPE", "type"),
                     member("GROUP", "group", Fit::extra),
                     {.title = "WHAT", .text = what, .fit = Fit::extra},
                     member("DETAIL", "detail", Fit::wraps)};
  listing.name_key = "sequence";
  return listing;
}

asio::awaitable<Result<ExitCode>> list_audit(Command& command, ListFilters filters) {
  CO_TRY(const json::object list, co_await read_filtered(command, "audit", std::move(filters)));
  co_return command.print(rows_of_list(list, audit_listing()));
}

}  // namespace

void add_audit_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("audit", "who did what");
  const auto filters = std::make_shared<ListFilters>();
  CLI::App& list = add_verb(noun, "list", "what somebody did, newest first",
                            "tradeauto audit list --actor bot\n"
                            "tradeauto audit list --group family --since 2026-01-02T00:00:00Z --limit 0\n"
                            "tradeauto audit list --type token_created -o json");
  filters->add(list, "--actor", "done under this name: a token's");
  filters->add(list, "--type", "of this type: order_accepted, account_added, token_created, ...");
  filters->add(list, "--group", "in this group");
  filters->add(list, "--since", "at or after this time, e.g. 2026-01-02T00:00:00Z");
  filters->add(list, "--until", "before this time");
  filters->add_limit(list);
  run_on(set, list, [filters](Command& command) { return list_audit(command, *filters); });
}

}  // namespace tradeauto
