#include <memory>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/command_set.h"
#include "cli/json_text.h"
#include "cli/resource.h"
#include "cli/suggest.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string fields_of(const json::object& brokerage) {
  std::string text;
  for (const json::value& item : array_of(brokerage, "credential_fields")) {
    const json::object* field = item.if_object();
    if (field == nullptr) continue;
    const bool optional = text_of(*field, "optional") == "true";
    text += fmt::format("{}{}{}", text.empty() ? "" : ",", text_of(*field, "name"), optional ? "?" : "");
  }
  return text;
}

Column words(std::string title, std::string key, std::string between) {
  return {.title = std::move(title),
          .text = [key = std::move(key),
                   between = std::move(between)](const json::object& item) { return joined(item, key, between); },
          .fit = Fit::wraps};
}

Listing brokerage_listing() {
  Listing listing;
  listing.columns = {member("NAME", "name"),
                     words("EXECUTORS", "executors", ","),
                     member("GUARANTEE", "guarantee"),
                     member("BROWSER", "needs_browser"),
                     {.title = "CREDENTIALS", .text = fields_of, .fit = Fit::wraps}};
  return listing;
}

// "paper 0.1.0, autorsa: not available"; what to do about it is too long for a table, and said by doctor and -o json.
std::string executors_of(const json::object& worker) {
  constexpr std::string_view kMissing = ": not available";
  std::string text;
  for (const json::value& item : array_of(worker, "executors")) {
    const std::string executor = text_of(item);
    const auto missing = executor.find(kMissing);
    const auto end = missing == std::string::npos ? executor.find(": ") : missing + kMissing.size();
    text += fmt::format("{}{}", text.empty() ? "" : ", ", executor.substr(0, end));
  }
  return text;
}

Listing worker_listing() {
  Listing listing;
  listing.columns = {member("NAME", "name"),
                     member("STATE", "state"),
                     member("LINK", "link", Fit::extra),
                     member("VERSION", "version", Fit::extra),
                     words("GROUPS", "groups", ", "),
                     {.title = "EXECUTORS", .text = executors_of, .fit = Fit::wraps},
                     member("EXECUTING", "executing", Fit::extra),
                     time_member("LAST SEEN", "last_seen_at", Fit::extra)};
  listing.columns[1].is_status = true;
  return listing;
}

asio::awaitable<Result<ExitCode>> drain_worker(Command& command, std::string name) {
  RestCall call;
  call.method = "POST";
  call.target = path_of({"workers", name, "drain"});
  call.body = json::object{};
  std::string note = fmt::format("worker {} is draining: it gets no groups and no orders; what it runs it ends", name);
  return print_one(command, std::move(call), worker_listing(), {}, std::move(note));
}

// The fields of one log-in are what `account add` is asked for, so they are the rows.
Rows rows_of_brokerage(const json::object& brokerage) {
  Rows rows{.json = brokerage, .items = {}, .columns = {}, .names = {text_of(brokerage, "name")}};
  for (const json::value& item : array_of(brokerage, "credential_fields")) {
    if (const json::object* field = item.if_object()) rows.items.push_back(*field);
  }
  rows.columns = {member("FIELD", "name"), member("LABEL", "label", Fit::wraps), member("SECRET", "secret"),
                  member("OPTIONAL", "optional"), member("HELP", "help", Fit::wraps)};
  return rows;
}

asio::awaitable<Result<ExitCode>> show_brokerage(Command& command, std::string name) {
  CO_TRY(RestClient * rest, command.rest());
  CO_TRY(const json::object list, co_await rest->list(path_of({"brokerages"}), {}, 0));
  std::vector<std::string> names;
  for (const json::value& item : array_of(list, "items")) {
    const json::object* brokerage = item.if_object();
    if (brokerage == nullptr) continue;
    names.push_back(text_of(*brokerage, "name"));
    if (names.back() != name) continue;
    command.note(fmt::format("{}: guarantee {}, executors {}", name, text_of(*brokerage, "guarantee"),
                             joined(*brokerage, "executors")));
    co_return command.print(rows_of_brokerage(*brokerage));
  }
  const std::string meant = nearest(name, names);
  co_return make_error(
      ErrorCode::not_found, "unknown_brokerage",
      fmt::format("there is no brokerage \"{}\"{}", name,
                  meant.empty() ? "; see: tradeauto brokerage list" : "; did you mean " + meant + "?"));
}

Rows rows_of_version(json::object versions) {
  Rows rows{.json = versions, .items = {}, .columns = {}, .names = {text_of(versions, "version")}};
  rows.items.push_back(std::move(versions));
  rows.columns = {member("CLIENT", "version"), member("SERVER", "server")};
  return rows;
}

// Our own version needs no server; with --server its version too.
asio::awaitable<Result<ExitCode>> show_version(Command& command) {
  json::object versions{{"version", command.context().version}};
  if (!command.flags().server.empty()) {
    CO_TRY(RestClient * rest, command.rest());
    RestCall call;
    call.target = path_of({"version"});
    CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
    const json::object* server = answer.body.if_object();
    versions["server"] = server == nullptr ? std::string() : text_of(*server, "version");
  }
  if (command.flags().output != "table") co_return command.print(rows_of_version(std::move(versions)));
  std::string line = "tradeauto " + command.context().version + "\n";
  if (versions.contains("server")) line += "server " + printable(text_of(versions, "server")) + "\n";
  co_return command.print_text(line);
}

}  // namespace

void add_brokerage_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("brokerage", "what can be traded at, and what a log-in there needs");
  CLI::App& list =
      add_verb(noun, "list", "all brokerages; CREDENTIALS with ? are optional", "tradeauto brokerage list");
  run_on(set, list, [](Command& command) { return print_list(command, path_of({"brokerages"}), brokerage_listing()); });
  const auto name = std::make_shared<std::string>();
  CLI::App& show = add_verb(noun, "show", "the fields of a log-in there", "tradeauto brokerage show Tradier");
  show.add_option("name", *name, "the brokerage's name")->required();
  run_on(set, show, [name](Command& command) { return show_brokerage(command, *name); });
}

void add_worker_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("worker", "workers that place orders");
  CLI::App& list =
      add_verb(noun, "list", "workers that are connected, and those that were lost", "tradeauto worker list");
  run_on(set, list, [](Command& command) { return print_list(command, path_of({"workers"}), worker_listing()); });
  const auto name = std::make_shared<std::string>();
  CLI::App& drain = add_verb(noun, "drain", "take a worker's groups away before it is stopped",
                             "tradeauto worker drain w1\n"
                             "tradeauto worker list");
  drain.add_option("name", *name, "the worker's name")->required();
  run_on(set, drain, [name](Command& command) { return drain_worker(command, *name); });
}

void add_version_command(const CommandSet& set) {
  CLI::App& version = add_verb(set.root, "version", "this program's version; with --server the server's too",
                               "tradeauto version\ntradeauto version --server 127.0.0.1:8000");
  run_on(set, version, [](Command& command) { return show_version(command); });
}

}  // namespace tradeauto
