#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kMost = 100'000;

struct EventFlags {
  std::string after;
  std::string group;
  std::string order;
  std::string type;
  std::size_t limit = 50;
};

Listing event_listing() {
  Listing listing;
  listing.columns = {member("SEQUENCE", "sequence"), member("AT", "at"),          member("TYPE", "type"),
                     member("GROUP", "group"),       member("ORDER", "order_id"), member("WORKER", "worker"),
                     member("DETAIL", "detail")};
  listing.name_key = "sequence";
  return listing;
}

asio::awaitable<Result<ExitCode>> list_events(Command& command, EventFlags flags) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(
      const json::object list,
      co_await rest->list(
          path_of({"events"}),
          {{"after", flags.after}, {"group", flags.group}, {"order", flags.order}, {"type", flags.type}}, flags.limit));
  co_return command.print(rows_of_list(list, event_listing()));
}

}  // namespace

void add_event_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("event", "what happened to orders");
  const auto flags = std::make_shared<EventFlags>();
  CLI::App& list = add_verb(noun, "list", "events, oldest first",
                            "tradeauto event list --after 120\n"
                            "tradeauto event list --type alarm --limit 500\n"
                            "tradeauto event list --group family -o json");
  list.add_option("--after", flags->after, "begin after this SEQUENCE; without it at the first event");
  list.add_option("--group", flags->group, "of this group");
  list.add_option("--order", flags->order, "of the order with this id");
  list.add_option("--type", flags->type, "of this type: order_accepted, alarm, ...");
  list.add_option("--limit", flags->limit, "so many at most")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  run_on(set, list, [flags](Command& command) { return list_events(command, *flags); });
}

}  // namespace tradeauto
