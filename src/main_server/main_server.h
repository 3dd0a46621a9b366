#pragma once

#include "main_server/access_service.h"
#include "main_server/account_service.h"
#include "main_server/event_bus.h"
#include "main_server/event_log.h"
#include "main_server/holdings_service.h"
#include "main_server/order_service.h"
#include "main_server/router.h"
#include "ports/main_probe.h"
#include "ports/store.h"

namespace tradeauto {

struct MainServerSettings {
  OrderServiceSettings orders;
  RouterSettings router;
  HoldingsServiceSettings holdings;
};

// The main server without its transports: what the gateway calls and where workers' sessions arrive.
// start() before the first call, stop() before destruction.
class MainServer final {
 public:
  struct Needs {
    Store& store;
    MasterKey key;
    const Clock& clock;
    Rng& rng;
    Logger log;
    asio::any_io_executor executor;
    MainProbe* probe = nullptr;       // null: nobody is told
    SecretString administrator = {};  // the value of the token that may do everything; empty: there is none
  };
  // What `needs` refers to outlives the server.
  MainServer(MainServerSettings settings, Needs needs);

  asio::awaitable<Result<void>> start();
  asio::awaitable<void> stop();

  OrderApi& orders() { return orders_; }
  AccountApi& accounts() { return accounts_; }
  HoldingsApi& holdings() { return holdings_; }
  AccessApi& access() { return access_; }
  WorkerApi& workers() { return router_; }
  EventApi& events() { return ledger_; }
  WorkerSessions& sessions() { return router_; }

 private:
  EventLog ledger_;
  EventBus events_;
  CredentialBox box_;
  Router router_;
  OrderService orders_;
  HoldingsService holdings_;
  AccountService accounts_;
  AccessService access_;
};

}  // namespace tradeauto
