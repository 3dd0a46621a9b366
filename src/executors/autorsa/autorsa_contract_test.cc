#include "contract/executor_contract.h"
#include "executors/autorsa/fake_cli_test.h"

namespace tradeauto {
namespace {

class AutorsaBench final : public ExecutorBench {
 public:
  explicit AutorsaBench(asio::io_context& context) : context_(context) { restart(); }

  Executor& executor() override { return *executor_; }
  Brokerage brokerage() const override { return Brokerage::tradier; }

  std::optional<ContractAccount> account(std::string name, Broker broker) override {
    return ContractAccount{.ref = {.group = GroupName("contract"), .account = AccountName(name)},
                           .credentials = tradier_login(mode_of(broker) + "-" + name),
                           .sub_accounts = 2};
  }
  std::pair<Credentials, std::string> bad_credentials() override {
    return {tradier_login("two,tokens"), "/credentials/ACCESS_TOKEN"};
  }
  std::size_t placed(const ContractAccount& account, const Symbol& symbol) override {
    return cli_.placed(account.credentials.find("ACCESS_TOKEN")->reveal(), symbol.str());
  }
  void restart() override {
    executor_.reset();
    executor_ = make_autorsa_executor(cli_.settings(), clock_, context_.get_executor(), null_logger());
  }
  std::chrono::nanoseconds run_time() const override { return std::chrono::seconds(8); }

 private:
  static std::string mode_of(Broker broker) {
    switch (broker) {
      case Broker::well: return "well";
      case Broker::refuses: return "refuses";
      case Broker::silent: return "silent";
      case Broker::takes_and_silent: return "takes";
    }
    return "well";
  }

  asio::io_context& context_;
  FakeCli cli_;
  SystemClock clock_;
  std::unique_ptr<Executor> executor_;
};

INSTANTIATE_TEST_SUITE_P(
    Autorsa, ExecutorContractTest,
    ::testing::Values(ExecutorContractParam{
        .name = "autorsa", .make = [](asio::io_context& context) { return std::make_unique<AutorsaBench>(context); }}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace tradeauto
