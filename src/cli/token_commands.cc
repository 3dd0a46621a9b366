#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/json_text.h"
#include "cli/resource.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

struct CreateFlags {
  std::string name;
  std::vector<std::string> scopes;
  std::vector<std::string> groups;
  std::string expires_in;
};

Column scopes_column() {
  return {.title = "SCOPES",
          .text = [](const json::object& item) { return joined(item, "scopes", ","); },
          .fit = Fit::wraps};
}

// Without groups it is for all of them.
std::string groups_of(const json::object& token) {
  return array_of(token, "groups").empty() ? "all" : joined(token, "groups", ",");
}

Listing token_listing() {
  Listing listing;
  listing.columns = {member("NAME", "name"),
                     scopes_column(),
                     {.title = "GROUPS", .text = groups_of, .fit = Fit::wraps},
                     time_member("EXPIRES", "expires_at"),
                     time_member("LAST USED", "last_used_at", Fit::extra)};
  return listing;
}

Listing me_listing() {
  Listing listing = token_listing();
  listing.columns.pop_back();
  return listing;
}

// "90d" -> seconds.
Result<std::int64_t> parse_duration(const std::string& text) {
  std::int64_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, bad] = std::from_chars(text.data(), last, count);
  std::int64_t unit = 0;
  if (bad == std::errc{} && end + 1 == last) {
    if (*end == 's') unit = 1;
    if (*end == 'm') unit = 60;
    if (*end == 'h') unit = 3'600;
    if (*end == 'd') unit = 86'400;
    if (*end == 'w') unit = 7 * 86'400;
  }
  if (unit == 0 || count < 1 || count > 100'000) {
    return make_error(ErrorCode::invalid_argument, "bad_duration",
                      fmt::format("--expires-in {}: a whole number and its unit, s, m, h, d or w, as in 90d", text));
  }
  return count * unit;
}

json::array array_from(const std::vector<std::string>& words) {
  json::array array;
  for (const std::string& word : words) array.emplace_back(word);
  return array;
}

Result<RestCall> creation_of(const CreateFlags& flags) {
  json::object body{{"name", flags.name}, {"scopes", array_from(flags.scopes)}};
  if (!flags.groups.empty()) body["groups"] = array_from(flags.groups);
  if (!flags.expires_in.empty()) {
    TRY(const std::int64_t seconds, parse_duration(flags.expires_in));
    body["expires_in_seconds"] = seconds;
  }
  RestCall call;
  call.method = "POST";
  call.target = path_of({"tokens"});
  call.body = std::move(body);
  return call;
}

// The value alone is what is piped on; it is shown this once.
asio::awaitable<Result<ExitCode>> create_token(Command& command, CreateFlags flags) {
  CO_TRY(RestCall call, creation_of(flags));
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
  const json::object* token = answer.body.if_object();
  if (token == nullptr || text_of(*token, "token").empty()) {
    co_return make_error(ErrorCode::internal, "unexpected_answer",
                         "the server's answer holds no token; is it a tradeauto main server?");
  }
  command.note(fmt::format("token {} made; its value is not shown again: keep it in a file of your own", flags.name));
  const std::string value = text_of(*token, "token");
  if (command.flags().output == "table") co_return command.print_text(value + "\n");
  Listing listing = token_listing();
  listing.columns.back() = member("TOKEN", "token");
  Rows rows{.json = *token, .items = {*token}, .columns = std::move(listing.columns), .names = {value}};
  co_return command.print(rows);
}

RestCall get(std::string target) {
  RestCall call;
  call.target = std::move(target);
  return call;
}

void add_create(const CommandSet& set, CLI::App& noun) {
  CLI::App& create = add_verb(noun, "create", "make an access token, and print its value this once",
                              "tradeauto token create bot --scope orders:read,orders:write > bot.token\n"
                              "tradeauto token create mom --scope orders:read --group family --expires-in 90d");
  const auto flags = std::make_shared<CreateFlags>();
  create.add_option("name", flags->name, "the token's name; what is done with it is kept under it")->required();
  create
      .add_option("--scope", flags->scopes,
                  "what it may do: orders:read, orders:write, orders:approve, accounts:read, accounts:write, "
                  "challenges:answer, workers:join, audit:read, admin")
      ->delimiter(',')
      ->required();
  create.add_option("--group", flags->groups, "a group that it is for, each with a flag of its own; without: all");
  create.add_option("--expires-in", flags->expires_in, "how long it is good, as in 90d, 12h or 30m; without: for ever");
  run_on(set, create, [flags](Command& command) { return create_token(command, *flags); });
}

}  // namespace

void add_token_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("token", "access tokens: who may do what");
  add_create(set, noun);
  CLI::App& list =
      add_verb(noun, "list", "all tokens, never their values", "tradeauto token list\ntradeauto token list -o name");
  run_on(set, list, [](Command& command) { return print_list(command, path_of({"tokens"}), token_listing()); });

  const auto name = std::make_shared<std::string>();
  CLI::App& show = add_verb(noun, "show", "one token, without its value", "tradeauto token show bot");
  show.add_option("name", *name, "the token's name")->required();
  run_on(set, show,
         [name](Command& command) { return print_one(command, get(path_of({"tokens", *name})), token_listing()); });
  CLI::App& revoke = add_verb(noun, "revoke", "take a token back; it opens nothing from then on",
                              "tradeauto token revoke bot\ntradeauto token revoke bot -y");
  revoke.add_option("name", *name, "the token's name")->required();
  run_on(set, revoke, [name](Command& command) {
    return remove(command, path_of({"tokens", *name}), fmt::format("Revoke the token {}?", *name),
                  fmt::format("token {} revoked", *name));
  });
  CLI::App& me = add_verb(noun, "me", "whose token this command uses, and what it may do",
                          "tradeauto token me\ntradeauto token me -o json");
  run_on(set, me, [](Command& command) { return print_one(command, get(path_of({"me"})), me_listing()); });
}

}  // namespace tradeauto
