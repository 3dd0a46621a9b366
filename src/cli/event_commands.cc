#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/event_follow.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::size_t kMost = 100'000;
constexpr std::size_t kSequenceWidth = 8;
constexpr std::size_t kTypeWidth = 23;
constexpr std::size_t kDetailWidth = 20;

struct EventFlags {
  std::string after;
  std::string group;
  std::string order;
  std::string type;
  std::size_t limit = 50;
};

void add_event_filters(CLI::App& verb, EventFlags& flags) {
  verb.add_option("--group", flags.group, "of this group");
  verb.add_option("--order", flags.order, "of the order with this id");
  verb.add_option("--type", flags.type, "of this type: order_accepted, alarm, ...");
}

Listing event_listing() {
  Listing listing;
  listing.columns = {member("SEQUENCE", "sequence"),
                     time_member("AT", "at"),
                     member("TYPE", "type"),
                     member("GROUP", "group", Fit::extra),
                     member("ORDER", "order_id", Fit::extra),
                     member("WORKER", "worker", Fit::extra),
                     member("DETAIL", "detail", Fit::wraps)};
  listing.columns[0].least_width = kSequenceWidth;
  listing.columns[2].least_width = kTypeWidth;
  listing.columns.back().least_width = kDetailWidth;
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

std::string farewell_of(const std::string& position, const Command& command) {
  if (position.empty()) return "interrupted; orders do not depend on us";
  return fmt::format("interrupted; to go on where it was: tradeauto event tail --after {}{}", position,
                     command.where());
}

// Until Ctrl-C, or until the server refuses.
asio::awaitable<Result<ExitCode>> tail_events(Command& command, EventFlags flags) {
  const Listing listing = event_listing();
  RowStream rows(command.output_settings(), listing.columns, listing.name_key);
  EventFollower follower(command,
                         {.after = flags.after, .group = flags.group, .order = flags.order, .type = flags.type},
                         /*tells=*/true);
  std::string position = flags.after;
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
  const auto flags = std::make_shared<EventFlags>();
  CLI::App& tail = add_verb(noun, "tail", "events as they happen, until Ctrl-C",
                            "tradeauto event tail\n"
                            "tradeauto event tail --type alarm\n"
                            "tradeauto event tail --group family --after 120 -o json   # one event a line");
  tail.add_option("--after", flags->after, "begin after this SEQUENCE; without it with what happens from now on");
  add_event_filters(tail, *flags);
  run_on(set, tail, [flags](Command& command) { return tail_events(command, *flags); });
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
  add_event_filters(list, *flags);
  list.add_option("--limit", flags->limit, "so many at most")
      ->check(CLI::Range(std::size_t{1}, kMost))
      ->capture_default_str();
  run_on(set, list, [flags](Command& command) { return list_events(command, *flags); });
  add_tail(set, noun);
}

}  // namespace tradeauto
