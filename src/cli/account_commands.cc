#include <cstdint>
#include <memory>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/account_add.h"
#include "cli/account_view.h"
#include "cli/command_set.h"
#include "cli/holdings_refresh.h"
#include "cli/json_text.h"
#include "cli/resource.h"

namespace tradeauto {

namespace json = boost::json;

Listing account_listing(const std::string& group) {
  Listing listing;
  listing.name_prefix = group + "/";
  listing.columns = {{.title = "ACCOUNT",
                      .text = [group](const json::object& account) { return group + "/" + text_of(account, "name"); }},
                     member("BROKERAGE", "brokerage"),
                     member("ENABLED", "enabled"),
                     member("ACTIVATION", "activation"),
                     {.title = "CREDENTIALS",
                      .text = [](const json::object& account) { return joined(account, "credential_fields", ","); },
                      .fit = Fit::wraps}};
  listing.columns.push_back(member("DETAIL", "activation_detail", Fit::wraps));
  listing.columns[3].is_status = true;
  return listing;
}

namespace {

std::string group_of(const std::string& account) { return account.substr(0, account.find('/')); }

asio::awaitable<Result<ExitCode>> show_account(Command& command, std::string name) {
  RestCall call;
  CO_TRY(call.target, account_path(name));
  co_return co_await print_one(command, std::move(call), account_listing(group_of(name)));
}

asio::awaitable<Result<ExitCode>> set_enabled(Command& command, std::string name, bool enabled) {
  RestCall call;
  call.method = "PATCH";
  CO_TRY(call.target, account_path(name));
  call.body.emplace();
  (*call.body)["enabled"] = enabled;
  co_return co_await print_one(command, std::move(call), account_listing(group_of(name)), "",
                               fmt::format("account {} {}", name, enabled ? "enabled" : "disabled"));
}

asio::awaitable<Result<ExitCode>> remove_account(Command& command, std::string name) {
  CO_TRY(std::string path, account_path(name));
  co_return co_await remove(command, std::move(path), fmt::format("Remove the account {} and its log-in?", name),
                            fmt::format("account {} removed", name));
}

using Name = std::shared_ptr<std::string>;

CLI::App& add_one(CLI::App& noun, const std::string& verb, const std::string& help, const Name& name) {
  CLI::App& command = add_verb(noun, verb, help, fmt::format("tradeauto account {} family/mom", verb));
  command.add_option("account", *name, "GROUP/ACCOUNT")->required();
  return command;
}

void add_check(const CommandSet& set, CLI::App& noun) {
  const auto name = std::make_shared<std::string>();
  const auto timeout = std::make_shared<std::uint32_t>(300);
  CLI::App& verb = add_one(noun, "check", "log in at the brokerage, and list the sub-accounts", name);
  verb.add_option("--timeout", *timeout, "seconds to wait; when they are over the exit code is 7")
      ->capture_default_str();
  run_on(set, verb, [name, timeout](Command& command) { return check_account(command, *name, *timeout); });
}

void add_add(const CommandSet& set, CLI::App& noun) {
  auto flags = std::make_shared<AccountAddFlags>();
  CLI::App& verb = add_verb(noun, "add", "register a log-in at a brokerage; replaces the one of the same name",
                            "tradeauto account add demo/mom --brokerage Paper\n"
                            "tradeauto account add family/mom --brokerage Tradier --credentials mom.json\n"
                            "pass tradier | tradeauto account add family/mom --brokerage Tradier \\\n"
                            "    --credentials -");
  verb.add_option("account", flags->account, "GROUP/ACCOUNT; the group must be there")->required();
  verb.add_option("--brokerage", flags->brokerage, "its name, as in: tradeauto brokerage list")->required();
  verb.add_option("--credentials", flags->credentials,
                  "file with a JSON object {\"FIELD\": \"…\"}, - for standard input; without it a prompt");
  verb.add_flag("--disabled", flags->disabled, "register it, and place nothing in it yet");
  run_on(set, verb, [flags](Command& command) { return add_account(command, *flags); });
}

}  // namespace

void add_account_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("account", "log-ins at brokerages");
  const auto group = std::make_shared<std::string>();
  CLI::App& list = add_verb(noun, "list", "the accounts of a group", "tradeauto account list --group family");
  list.add_option("--group", *group, "the group's name")->required();
  run_on(set, list, [group](Command& command) {
    return print_list(command, path_of({"groups", *group, "accounts"}), account_listing(*group));
  });
  add_add(set, noun);
  add_check(set, noun);
  const auto name = std::make_shared<std::string>();
  run_on(set, add_one(noun, "show", "one account; of its log-in only which fields are set", name),
         [name](Command& command) { return show_account(command, *name); });
  run_on(set, add_one(noun, "enable", "let orders reach an account again", name),
         [name](Command& command) { return set_enabled(command, *name, true); });
  run_on(set, add_one(noun, "disable", "let no order reach an account", name),
         [name](Command& command) { return set_enabled(command, *name, false); });
  run_on(set, add_one(noun, "remove", "remove an account and its log-in", name),
         [name](Command& command) { return remove_account(command, *name); });
}

}  // namespace tradeauto
