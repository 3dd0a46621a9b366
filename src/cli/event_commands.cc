#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/event_follow.h"
#include "cli/event_view.h"
#include "cli/list_filters.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kSequenceWidth = 8;
constexpr std::size_t kTypeWidth = 23;
constexpr std::size_t kActorWidth = 13;
constexpr std::size_t kDetailWidth = 20;

void add_event_filters(CLI::App& verb, ListFilters& filters, const std::string& without_after) {
  filters.add(verb, "--after", "begin after this SEQUENCE; without it " + without_after);
  filters.add(verb, "--group", "of this group");
  filters.add(verb, "--order", "of the order with this id");
  filters.add(verb, "--type", "of this type: order_accepted, alarm, ...");
}

Listing event_listing() {
  Listing listing;
  listing.columns = {member("SEQUENCE", "sequence"),
                     time_member("AT", "at"),
                     member("TYPE", "type"),
                     member("GROUP", "group", Fit::extra),
                     actor_column(Fit::extra),
                     member("ORDER", "order_id", Fit::extra),
                     member("WORKER", "worker", Fit::extra),
                     member("DETAIL", "detail", Fit::wraps)};
  listing.columns[0].least_width = kSequenceWidth;
  listing.columns[2].least_width = kTypeWidth;
  listing.columns[4].least_width = kActorWidth;
  listing.columns.back().least_width = kDetailWidth;
  listing.name_key = "sequence";
  return listing;
}

asio::awaitable<Result<ExitCode>> list_events(Command& command, ListFilters filters) {
  CO_TRY(const json::object list, co_await read_filtered(command, "events", std::move(filters)));
  co_return command.print(rows_of_list(list, event_listing()));
}

std::string farewell_of(const std::string& position, const Command& command) {
  if (position.empty()) return "interrupted; orders do not depend on us";
  return fmt::format("interrupted; to go on where it was: tradeauto event tail --after {}{}", position,
                     command.where());
}

// Until Ctrl-C, or until the server refuses.
asio::awaitable<Result<ExitCode>> tail_events(Command& command, EventWish wish) {
  const Listing listing = event_listing();
  RowStream rows(command.output_settings(), listing.columns, listing.name_key);
  std::string position = wish.after;
  EventFollower follower(command, std::move(wish), /*tells=*/true);
  while (true) {
    command.set_farewell(farewell_of(position, command));
    CO_TRY(const SseEvent event, co_await follower.next());
    position = event.id;
    if (event.type == "reset") {
      command.warn(reset_warning(event));
      continue;
    }
    CO_TRY(const json::object object, object_of(event));
    CO_TRY(const ExitCode code, command.print_text(rows.next(object)));
    if (code != ExitCode::good) co_return code;
  }
}

void add_tail(const CommandSet& set, CLI::App& noun) {
  const auto filters = std::make_shared<ListFilters>();
  CLI::App& tail = add_verb(noun, "tail", "events as they happen, until Ctrl-C",
                            "tradeauto event tail\n"
                            "tradeauto event tail --type alarm\n"
                            "tradeauto event tail --group family --after 120 -o json   # one event a line");
  add_event_filters(tail, *filters, "with what happens from now on");
  run_on(set, tail, [filters](Command& command) {
    const ListFilters& given = *filters;
    return tail_events(
        command, {.after = given["after"], .group = given["group"], .order = given["order"], .type = given["type"]});
  });
}

}  // namespace

void add_event_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("event", "what happened to orders");
  const auto filters = std::make_shared<ListFilters>();
  CLI::App& list = add_verb(noun, "list", "events, oldest first",
                            "tradeauto event list --after 120\n"
                            "tradeauto event list --type alarm --limit 500\n"
                            "tradeauto event list --group family -o json");
  add_event_filters(list, *filters, "at the first event");
  filters->add_limit(list);
  run_on(set, list, [filters](Command& command) { return list_events(command, *filters); });
  add_tail(set, noun);
}

}  // namespace tradeauto
