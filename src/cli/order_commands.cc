#include <chrono>
#include <memory>
#include <utility>

#include "cli/command_set.h"
#include "cli/help.h"
#include "cli/json_text.h"
#include "cli/list_filters.h"
#include "cli/order_change.h"
#include "cli/order_place.h"
#include "cli/order_view.h"
#include "cli/order_wait.h"
#include "cli/order_watch.h"
#include "cli/words.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kExitCodes =
    "Exit codes, the first that fits:\n"
    "  2 used wrongly    3 not found    4 not allowed    9 declined at the prompt\n"
    "  8 no server answered, and nothing was sent\n"
    "  6 in doubt: it may have been sent, do not simply repeat it\n"
    "  7 it is still being worked on\n"
    "  5 refused by a broker, all or a part\n"
    "  1 failed, and nothing was sent\n"
    "  0 every child order is good";

struct OrderWaitFlags {
  std::string id;
  std::optional<std::uint32_t> timeout;
};

asio::awaitable<Result<ExitCode>> list_orders(Command& command, ListFilters filters) {
  CO_TRY(const json::object list, co_await read_filtered(command, "orders", std::move(filters)));
  co_return command.print(rows_of_orders(list));
}

asio::awaitable<Result<ExitCode>> show_order(Command& command, std::string id) {
  CO_TRY(RestClient * rest, command.rest());
  RestCall call;
  call.target = path_of({"orders", id});
  CO_TRY(const RestAnswer answer, co_await rest->call(std::move(call)));
  CO_TRY(const json::object order, order_of(answer.body, Effect::none));
  command.note(describe_order(order));
  tell_doubts(command, order);
  co_return command.print(rows_of_order(order));
}

void add_place(const CommandSet& set, CLI::App& noun, const std::string& side) {
  auto flags = std::make_shared<OrderFlags>();
  flags->side = side;
  CLI::App& verb = add_verb(noun, side, side + " in every account of a group",
                            "tradeauto order " + side +
                                " 1 AAPL --group family --dry-run\n"
                                "tradeauto order " +
                                side +
                                " 1 AAPL,MSFT --group family --confirm family\n"
                                "tradeauto order " +
                                side + " 0.5 AAPL --account family/mom --account family/dad");
  verb.add_option("quantity", flags->quantity, "shares for each sub-account")->required();
  verb.add_option("symbols", flags->symbols, "one or several, with commas or blanks between")->required();
  verb.add_option("--group", flags->group, "all its accounts that are enabled");
  verb.add_option("--account", flags->accounts, "only this one, GROUP/ACCOUNT; repeatable")->allow_extra_args(false);
  verb.add_option("--confirm", flags->confirm, "the group's name again: place the live order without asking");
  verb.add_flag("--preview", flags->preview, "show who would trade what, and warnings; place nothing");
  verb.add_flag("--dry-run", flags->dry_run, "rehearse: log in, place nothing");
  verb.add_option("--client-order-id", flags->client_order_id, "repeat an order whose outcome is not known");
  verb.add_option("--override", flags->overrides, "same_order_again, in_doubt_open or dance; repeatable")
      ->allow_extra_args(false);
  verb.add_option("--deadline", flags->deadline_seconds, "seconds in which it must start, else it expires");
  verb.add_option("--timeout", flags->timeout, "seconds to wait for the outcome (0: do not wait)");
  set_footer(verb, kExitCodes);
  run_on(set, verb, [flags](Command& command) { return place_order(command, *flags); });
}

void add_list(const CommandSet& set, CLI::App& noun) {
  const auto filters = std::make_shared<ListFilters>();
  CLI::App& verb = add_verb(noun, "list", "orders, newest first",
                            "tradeauto order list --group family\ntradeauto order list --status attention -o json");
  filters->add(verb, "--group", "of this group");
  one_of(filters->add(verb, "--status", "of this status"), {"working", "attention", "failed", "settled"});
  filters->add(verb, "--symbol", "with this symbol");
  filters->add(verb, "--account", "with this account, GROUP/ACCOUNT");
  filters->add(verb, "--client-order-id", "with this id of the client's");
  filters->add(verb, "--since", "made at or after this time, e.g. 2026-01-02T00:00:00Z");
  filters->add(verb, "--until", "made before this time");
  filters->add_limit(verb);
  run_on(set, verb, [filters](Command& command) { return list_orders(command, *filters); });
}

void add_show(const CommandSet& set, CLI::App& noun) {
  auto id = std::make_shared<std::string>();
  CLI::App& verb = add_verb(noun, "show", "one order with its child orders",
                            "tradeauto order show ID\ntradeauto order show ID -o json");
  verb.add_option("id", *id, "the order's id")->required();
  run_on(set, verb, [id](Command& command) { return show_order(command, *id); });
}

void add_wait(const CommandSet& set, CLI::App& noun) {
  auto flags = std::make_shared<OrderWaitFlags>();
  CLI::App& verb = add_verb(noun, "wait", "wait for the outcome; the exit code tells it",
                            "tradeauto order wait ID\ntradeauto order wait ID --timeout 60 || echo $?");
  verb.add_option("id", flags->id, "the order's id")->required();
  verb.add_option("--timeout", flags->timeout, "seconds; when they are over the exit code is 7");
  set_footer(verb, kExitCodes);
  run_on(set, verb, [flags](Command& command) {
    return await_order(command, {.id = flags->id, .known = std::nullopt, .timeout = flags->timeout});
  });
}

void add_watch(const CommandSet& set, CLI::App& noun) {
  auto flags = std::make_shared<WatchFlags>();
  CLI::App& verb = add_verb(noun, "watch", "each change as it happens; with an ID until it is settled",
                            "tradeauto order watch\n"
                            "tradeauto order watch --group family -o json   # one change a line\n"
                            "tradeauto order watch ID");
  CLI::Option* id = verb.add_option("id", flags->id, "one order's id; its outcome is the exit code");
  verb.add_option("--group", flags->group, "only orders of this group")->excludes(id);
  verb.add_option("--timeout", flags->timeout, "seconds; when they are over the exit code is 7")->needs(id);
  set_footer(verb, kExitCodes);
  run_on(set, verb, [flags](Command& command) { return watch_orders(command, *flags); });
}

void add_cancel(const CommandSet& set, CLI::App& noun) {
  auto id = std::make_shared<std::string>();
  CLI::App& verb = add_verb(noun, "cancel", "cancel what nobody has started", "tradeauto order cancel ID");
  verb.add_option("id", *id, "the order's id")->required();
  run_on(set, verb, [id](Command& command) { return cancel_order(command, *id); });
}

void add_retry(const CommandSet& set, CLI::App& noun) {
  auto flags = std::make_shared<RetryFlags>();
  CLI::App& verb = add_verb(noun, "retry", "order again what was never sent, as a new order",
                            "tradeauto order retry ID\n"
                            "tradeauto order retry ID --include-rejected --confirm family");
  verb.add_option("id", flags->id, "the order's id")->required();
  verb.add_flag("--include-rejected", flags->include_rejected, "also what a broker refused");
  verb.add_option("--confirm", flags->confirm, "the group's name: place the live order without asking");
  verb.add_option("--client-order-id", flags->client_order_id, "repeat a retry whose outcome is not known");
  verb.add_option("--timeout", flags->timeout, "seconds to wait for the outcome (0: do not wait)");
  set_footer(verb, kExitCodes);
  run_on(set, verb, [flags](Command& command) { return retry_order(command, *flags); });
}

void add_resolve(const CommandSet& set, CLI::App& noun) {
  auto flags = std::make_shared<ResolveFlags>();
  CLI::App& verb = add_verb(noun, "resolve", "say what became of a child order in doubt",
                            "tradeauto order resolve ID --outcome filled --note \"seen in the app\"\n"
                            "tradeauto order resolve ID --outcome not_placed --note \"asked the broker\" -y\n"
                            "tradeauto order show ORDER -o json   # the ids of its child orders");
  verb.add_option("id", flags->id, "the child order's id")->required();
  one_of(*verb.add_option("--outcome", flags->outcome, "what you saw at the broker's")->required(),
         {"submitted", "filled", "rejected", "not_placed"});
  verb.add_option("--note", flags->note, "how you know; kept with your token's name")->required();
  run_on(set, verb, [flags](Command& command) { return resolve_child_order(command, *flags); });
}

}  // namespace

void add_order_commands(const CommandSet& set) {
  CLI::App& noun = set.noun("order", "place orders, and see what came of them");
  add_place(set, noun, "buy");
  add_place(set, noun, "sell");
  add_list(set, noun);
  add_show(set, noun);
  add_wait(set, noun);
  add_watch(set, noun);
  add_cancel(set, noun);
  add_retry(set, noun);
  add_resolve(set, noun);
}

}  // namespace tradeauto
