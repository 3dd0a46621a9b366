#include "rpc/legacy_bench_test.h"

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
}

std::unique_ptr<LegacyBench::Ping> LegacyBench::begin_ping(int port) {
  auto ping = std::make_unique<Ping>();
  ping->request.set_return_to_port(port);
  const auto stub = TradingService::MainTradingService::NewStub(channel_);
  stub->async()->ping(&ping->context, &ping->request, &ping->response, [this, sent = ping.get()](grpc::Status status) {
    asio::post(context_, [sent, status] { sent->status = status; });
  });
  return ping;
}

grpc::Status LegacyBench::ping(int port) {
  const auto sent = begin_ping(port);
  until([&sent] { return sent->status.has_value(); });
  return sent->status.value_or(grpc::Status(grpc::StatusCode::UNKNOWN, "no answer"));
}

void LegacyBench::until(const std::function<bool()>& fact) {
  run_async(context_, [](LegacyBench& bench, const std::function<bool()>* wanted) -> asio::awaitable<void> {
    const SystemClock& clock = bench.system_clock_;
    const Deadline deadline = Deadline::after(clock, std::chrono::seconds(15));
    while (!(*wanted)() && !deadline.over(clock)) co_await sleep_for(clock, std::chrono::milliseconds(5));
    std::string lines;
    for (const std::string& line : bench.story_.lines) lines += line + "\n";
    EXPECT_TRUE((*wanted)()) << lines;
  }(*this, &fact));
}

void LegacyBench::connect(int port) {
  const std::size_t before = opened();
  ASSERT_TRUE(ping(port).ok());
  until([&] { return opened() > before; });
}

void LegacyBench::begin_activation(const std::string& account, const std::string& token) {
  AccountActivation activation{
      .account = ref(account), .brokerage = Brokerage::tradier, .credentials = {}, .epoch = {}};
  activation.credentials.set("ACCESS_TOKEN", SecretString(token));
  story_.link->activate(std::move(activation));
}

void LegacyBench::activate(const std::string& account, const std::string& token, const std::string& outcome) {
  story_.lines.clear();
  begin_activation(account, token);
  until_line("activated " + account + outcome);
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
