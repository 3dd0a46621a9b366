#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_set.h"
#include "cli/holdings_refresh.h"
#include "cli/holdings_view.h"
#include "cli/json_text.h"
#include "cli/list_filters.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kAll = 0;  // a list that ends early could be taken for all that there is

// What is not known, or not sure: beside a list that is short for that reason. Many accounts that only wait to be asked
// are one line.
void tell_gaps(Command& command, const json::object& list) {
  std::vector<std::string> never;
  for (const json::value& item : array_of(list, "accounts")) {
    const json::object* account = item.if_object();
    if (account == nullptr) continue;
    const std::string state = text_of(*account, "state");
    const bool asked = text_of(*account, "refreshing") == "true";
    if (state == "never_asked" && !asked) {
      never.push_back(account_name(*account));
    } else if (state != "ok" || asked) {
      command.note(fmt::format("{} {}", account_name(*account), describe_account(*account)));
    }
  }
  if (never.empty()) return;
  command.note(fmt::format("not asked yet, so not known: {}; to ask: tradeauto holdings refresh --group {}{}",
                           fmt::join(never, ", "), never.front().substr(0, never.front().find('/')), command.where()));
}

asio::awaitable<Result<ExitCode>> list_holdings(Command& command, ListFilters filters) {
  CO_TRY(const json::object list, co_await read_filtered(command, "holdings", std::move(filters)));
  tell_gaps(command, list);
  co_return command.print(rows_of_holdings(list));
}

void make_list(const CommandSet& set, CLI::App& command) {
  const auto filters = std::make_shared<ListFilters>(kAll);
  filters->add(command, "--group", "of this group");
  filters->add(command, "--account", "of this account, GROUP/ACCOUNT");
  filters->add(command, "--brokerage", "at this brokerage");
  filters->add(command, "--symbol", "of this symbol");
  filters->add_limit(command);
  run_on(set, command, [filters](Command& run) { return list_holdings(run, *filters); });
}

void add_refresh(const CommandSet& set, CLI::App& noun) {
  const auto flags = std::make_shared<RefreshFlags>();
  CLI::App& verb = add_verb(noun, "refresh", "ask accounts what they hold, and wait for their answers",
                            "tradeauto holdings refresh --group family\n"
                            "tradeauto holdings refresh --account family/mom --account family/dad");
  verb.add_option("--group", flags->group, "the enabled accounts of this group");
  verb.add_option("--account", flags->accounts, "this account, GROUP/ACCOUNT; may be given more than once");
  verb.add_option("--timeout", flags->timeout, "seconds to wait; when they are over the exit code is 7")
      ->capture_default_str();
  run_on(set, verb, [flags](Command& command) { return refresh_holdings(command, *flags); });
}

}  // namespace

// `tradeauto holdings` alone lists them.
void add_holdings_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("holdings", "what accounts held when they were last asked");
  noun.require_subcommand(0, 1);
  make_list(set, noun);
  CLI::App& list = add_verb(noun, "list", "what accounts held when they were last asked",
                            "tradeauto holdings list --group family\n"
                            "tradeauto holdings list --symbol AAPL -o csv");
  make_list(set, list);
  add_refresh(set, noun);
}

}  // namespace tradeauto
