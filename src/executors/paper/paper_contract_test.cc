#include "contract/executor_contract.h"
#include "executors/paper/paper_executor.h"
#include "executors/paper/placement.h"
#include "testing/null_log.h"
#include "testing/temp_folder.h"

namespace tradeauto {
namespace {

class PaperBench final : public ExecutorBench {
 public:
  explicit PaperBench(asio::io_context& context) : context_(context) { restart(); }

  Executor& executor() override { return *executor_; }
  Brokerage brokerage() const override { return Brokerage::paper; }

  std::optional<ContractAccount> account(std::string name, Broker broker) override {
    ContractAccount account{.ref = {.group = GroupName("contract"), .account = AccountName(std::move(name))},
                            .credentials = {},
                            .sub_accounts = 2};
    account.credentials.set("SUB_ACCOUNTS", SecretString("2"));
    account.credentials.set("FILL_DELAY_MS", SecretString("50"));
    account.credentials.set("FAULT", SecretString(fault_of(broker)));
    return account;
  }
  std::pair<Credentials, std::string> bad_credentials() override {
    Credentials credentials;
    credentials.set("SUB_ACCOUNTS", SecretString("0"));
    return {credentials, "/credentials/SUB_ACCOUNTS"};
  }
  std::size_t placed(const ContractAccount& account, const Symbol& symbol) override {
    std::istringstream lines(folder_.read("placements.jsonl"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) {
      const Placement placement = parse_placement(line).value();
      if (placement.account != account.ref || placement.symbol != symbol) continue;
      if (placement.decision == Decision::accepted) ++count;
    }
    return count;
  }
  void restart() override {
    executor_.reset();
    executor_ = make_paper_executor({.dir = folder_.path(), .runs_dir = {}, .prices_file = {}, .version = "1.2.3"},
                                    clock_, context_.get_executor(), null_logger())
                    .value();
  }
  std::chrono::nanoseconds run_time() const override { return std::chrono::seconds(3); }

 private:
  static std::string fault_of(Broker broker) {
    switch (broker) {
      case Broker::well: return "none";
      case Broker::refuses: return "reject";
      case Broker::silent: return "hang";
      case Broker::takes_and_silent: return "accept_then_hang";
    }
    return "none";
  }

  asio::io_context& context_;
  TempFolder folder_;
  SystemClock clock_;
  std::unique_ptr<Executor> executor_;
};

INSTANTIATE_TEST_SUITE_P(Paper, ExecutorContractTest,
                         ::testing::Values(ExecutorContractParam{
                             .name = "paper",
                             .make = [](asio::io_context& context) { return std::make_unique<PaperBench>(context); }}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace tradeauto
