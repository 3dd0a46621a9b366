#include "main_server/main_server.h"

#include <utility>

namespace tradeauto {

MainServer::MainServer(MainServerSettings settings, Needs needs)
    : ledger_(needs.store.ledger(), needs.clock, needs.probe),
      box_(std::move(needs.key), needs.rng),
      router_(settings.router, {.registry = needs.store.registry(),
                                .ledger = ledger_,
                                .events = events_,
                                .box = box_,
                                .clock = needs.clock,
                                .log = needs.log.for_room("router"),
                                .executor = needs.executor}),
      orders_(settings.orders, {.registry = needs.store.registry(),
                                .directory = router_,
                                .ledger = ledger_,
                                .events = events_,
                                .listener = router_,
                                .clock = needs.clock,
                                .rng = needs.rng,
                                .log = needs.log.for_room("orders")}),
      holdings_(settings.holdings, {.registry = needs.store.registry(),
                                    .directory = router_,
                                    .source = router_,
                                    .clock = needs.clock,
                                    .log = needs.log.for_room("holdings"),
                                    .executor = needs.executor}),
      accounts_({.registry = needs.store.registry(),
                 .events = ledger_,
                 .directory = router_,
                 .listener = holdings_,
                 .box = box_,
                 .clock = needs.clock,
                 .log = needs.log.for_room("accounts")}),
      access_({.tokens = needs.store.tokens(),
               .events = ledger_,
               .administrator = std::move(needs.administrator),
               .clock = needs.clock,
               .rng = needs.rng,
               .log = needs.log.for_room("access"),
               .executor = needs.executor}) {}

asio::awaitable<Result<void>> MainServer::start() {
  CO_TRY_VOID(co_await access_.start());
  co_return co_await router_.start();
}

asio::awaitable<void> MainServer::stop() {
  co_await holdings_.stop();
  co_await router_.stop();
  co_await access_.stop();
}

}  // namespace tradeauto
