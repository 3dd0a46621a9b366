#include "rpc/legacy_bench_test.h"

#include <boost/asio/executor_work_guard.hpp>

#include "testing/end_test.h"

namespace tradeauto {

LegacyBench::LegacyBench(const Clock& clock, Logger log) : clock_(clock) {
  SessionServerSettings settings;
  settings.port = 0;
  settings.legacy_peers.emplace();
  server_.emplace(settings, SessionServer::Needs{.sessions = sessions_,
                                                 .may_join = [](std::string_view) { return false; },
                                                 .clock = clock_,
                                                 .rng = rng_,
                                                 .log = std::move(log),
                                                 .executor = context_.get_executor()});
  auto port = server_->start();
  EXPECT_TRUE(port.ok());
  channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(port.value()), grpc::InsecureChannelCredentials());
}

void LegacyBench::stop(std::chrono::nanoseconds within) {
  if (!server_) return;
  run_async(context_, server_->stop(Deadline::after(clock_, within)));
  server_.reset();
  story_.link.reset();
  end_pings();
}

// A test that ended early leaves some under way, and their answers come to `context_`.
void LegacyBench::end_pings() {
  const auto work = asio::make_work_guard(context_);
  context_.restart();
  for (const auto& each : pings_) each->context.TryCancel();
  while (!std::ranges::all_of(pings_, [](const auto& each) { return each->status.has_value(); })) context_.run_one();
}

std::shared_ptr<LegacyBench::Ping> LegacyBench::begin_ping(int port) {
  auto ping = pings_.emplace_back(std::make_shared<Ping>());
  ping->request.set_return_to_port(port);
  const auto stub = TradingService::MainTradingService::NewStub(channel_);
  stub->async()->ping(&ping->context, &ping->request, &ping->response, [this, ping](grpc::Status status) {
    asio::post(context_, [ping, status] { ping->status = status; });
  });
  return ping;
}

grpc::Status LegacyBench::ping(int port, Where where) {
  const auto sent = begin_ping(port);
  until([&sent] { return sent->status.has_value(); }, where);
  return *sent->status;
}

void LegacyBench::until(const std::function<bool()>& fact, Where where) {
  const bool came = run_async(context_, [](const Clock& clock, std::function<bool()> wanted) -> asio::awaitable<bool> {
    const Deadline deadline = Deadline::after(clock, kPatience);
    while (!wanted()) {
      if (deadline.over(clock)) co_return false;
      co_await sleep_for(clock, std::chrono::milliseconds(5));
    }
    co_return true;
  }(system_clock_, fact));
  if (came) return;
  std::string lines;
  for (const std::string& line : story_.lines) lines += "\n" + line;
  end_test("it did not come; until then:" + lines, where);
}

void LegacyBench::connect(int port, Where where) {
  const std::size_t before = opened();
  const grpc::Status answer = ping(port, where);
  if (!answer.ok()) end_test("a ping was answered: " + answer.error_message(), where);
  until([&] { return opened() > before; }, where);
}

void LegacyBench::begin_activation(const std::string& account, const std::string& token) {
  AccountActivation activation{
      .account = ref(account), .brokerage = Brokerage::tradier, .credentials = {}, .epoch = {}};
  activation.credentials.set("ACCESS_TOKEN", SecretString(token));
  story_.link->activate(std::move(activation));
}

void LegacyBench::activate(const std::string& account, const std::string& token, const std::string& outcome,
                           Where where) {
  story_.lines.clear();
  begin_activation(account, token);
  until_line("activated " + account + outcome, where);
}

void LegacyBench::offer(const std::vector<std::string>& accounts, const std::vector<std::string>& offered,
                        bool dry_run) {
  Order order;
  order.id = OrderId("order");
  for (const std::string& account : accounts) {
    ChildOrder child;
    child.id = ChildOrderId("co-" + account);
    child.account = ref(account);
    child.symbol = Symbol("AAPL");
    order.child_orders.push_back(std::move(child));
  }
  story_.orders[order.id] = order;
  for (const std::string& account : offered) {
    TransactionTask task;
    task.id = TaskId("task-" + account);
    task.order_id = order.id;
    task.account = ref(account);
    task.brokerage = Brokerage::tradier;
    task.quantity = Quantity(Decimal::from_int(2));
    task.dry_run = dry_run;
    task.child_orders = {{.id = ChildOrderId("co-" + account), .symbol = Symbol("AAPL")}};
    story_.tasks[task.id] = task;
    story_.link->offer(std::move(task));
  }
}

}  // namespace tradeauto
