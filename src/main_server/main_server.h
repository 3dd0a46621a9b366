#pragma once

#include "main_server/account_service.h"
#include "main_server/event_bus.h"
#include "main_server/event_log.h"
#include "main_server/order_service.h"
#include "main_server/router.h"
#include "ports/main_probe.h"
#include "ports/store.h"

namespace tradeauto {

struct MainServerSettings {
  OrderServiceSettings orders;
  RouterSettings router;
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
    MainProbe* probe = nullptr;  // null: nobody is told
  };
  // What `needs` refers to outlives the server.
  MainServer(MainServerSettings settings, Needs needs);

  asio::awaitable<Result<void>> start() { return router_.start(); }
  asio::awaitable<void> stop() { return router_.stop(); }

  OrderApi& orders() { return orders_; }
  AccountApi& accounts() { return accounts_; }
  WorkerApi& workers() { return router_; }
  EventApi& events() { return ledger_; }
  WorkerSessions& sessions() { return router_; }

 private:
  EventLog ledger_;
  EventBus events_;
  CredentialBox box_;
  Router router_;
  OrderService orders_;
  AccountService accounts_;
};

}  // namespace tradeauto
