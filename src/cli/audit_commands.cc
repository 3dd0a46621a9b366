#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/json_text.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

struct AuditFlags {
  std::string actor;
  std::string type;
  std::string group;
  std::string since;
  std::string until;
  std::uint32_t limit = 50;  // 0: all
};

// "bot"; "bot (legacy)" for one that is not simply a token.
std::string who(const json::object& item) {
  const json::value* value = item.if_contains("actor");
  const json::object* actor = value == nullptr ? nullptr : value->if_object();
  if (actor == nullptr) return {};
  const std::string kind = text_of(*actor, "kind");
  return kind == "token" ? text_of(*actor, "name") : fmt::format("{} ({})", text_of(*actor, "name"), kind);
}

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
  listing.columns = {member("AT", "at"),       {.title = "WHO", .text = who},   member("TYPE", "type"),
                     member("GROUP", "group"), {.title = "WHAT", .text = what}, member("DETAIL", "detail")};
  listing.name_key = "sequence";
  return listing;
}

asio::awaitable<Result<ExitCode>> list_audit(Command& command, AuditFlags flags) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const json::object list, co_await rest->list(path_of({"audit"}),
                                                      {{"actor", flags.actor},
                                                       {"type", flags.type},
                                                       {"group", flags.group},
                                                       {"since", flags.since},
                                                       {"until", flags.until}},
                                                      flags.limit));
  if (!text_of(list, "next_cursor").empty()) command.note("there are more: see --limit");
  co_return command.print(rows_of_list(list, audit_listing()));
}

}  // namespace

void add_audit_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("audit", "who did what");
  const auto flags = std::make_shared<AuditFlags>();
  CLI::App& list = add_verb(noun, "list", "what somebody did, newest first",
                            "tradeauto audit list --actor bot\n"
                            "tradeauto audit list --group family --since 2026-01-02T00:00:00Z --limit 0\n"
                            "tradeauto audit list --type token_created -o json");
  list.add_option("--actor", flags->actor, "done under this name: a token's");
  list.add_option("--type", flags->type, "of this type: order_accepted, account_added, token_created, ...");
  list.add_option("--group", flags->group, "in this group");
  list.add_option("--since", flags->since, "at or after this time, e.g. 2026-01-02T00:00:00Z");
  list.add_option("--until", flags->until, "before this time");
  list.add_option("--limit", flags->limit, "at most so many (0: all)")->capture_default_str();
  run_on(set, list, [flags](Command& command) { return list_audit(command, *flags); });
}

}  // namespace tradeauto
