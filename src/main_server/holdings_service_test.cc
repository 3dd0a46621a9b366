#include "main_server/holdings_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/task_group.h"
#include "testing/main_bench.h"

namespace tradeauto {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Views = std::vector<AccountHoldings>;

class HoldingsServiceTest : public MainBench {
 protected:
  HoldingsReport held(const std::string& account, const std::string& quantity, const std::string& group = "family") {
    HoldingsReport report;
    report.account = ref(group, account);
    report.complete = true;
    report.sub_accounts = {"xxxx0001"};
    report.holdings.push_back({.sub_account = "xxxx0001",
                               .symbol = Symbol("AAPL"),
                               .quantity = Quantity(Decimal::parse(quantity).value()),
                               .price = std::nullopt});
    report.as_of = clock.now();
    return report;
  }
  static HoldingsTarget all(const std::string& group) { return {.group = GroupName(group)}; }
  static HoldingsTarget only(const std::string& account) { return {.accounts = {ref("family", account)}}; }

  Result<Views> refresh(HoldingsTarget target) {
    auto begun = time.run(main->holdings().refresh(std::move(target)));
    time.settle();
    return begun;
  }
  Result<Views> list(HoldingsFilter filter = {}) { return time.run(main->holdings().list(std::move(filter))); }
  AccountHoldings of(const std::string& account, const std::string& group = "family") {
    auto views = list({.accounts = {ref(group, account)}});
    EXPECT_TRUE(views.ok());
    return views.ok() && !views->empty() ? views->front() : AccountHoldings();
  }
  static std::string quantity(const AccountHoldings& view) {
    return view.report && !view.report->holdings.empty() ? view.report->holdings[0].quantity.to_string() : "";
  }
  static std::string reason(const AccountHoldings& view) { return view.failure ? view.failure->reason : ""; }
};

TEST_F(HoldingsServiceTest, NobodyIsAskedUntilSomebodyWantsIt) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const auto views = list();
  ASSERT_EQ(views->size(), 2U);
  EXPECT_EQ((*views)[0].ref, ref("family", "dad"));
  EXPECT_FALSE((*views)[0].report || (*views)[0].failure || (*views)[0].refreshing);
  EXPECT_THAT(w1.link->asked, IsEmpty());
}

TEST_F(HoldingsServiceTest, EachAccountOfAGroupIsAskedAtOnceAndAnswersForItself) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  const auto begun = refresh(all("family"));
  ASSERT_TRUE(begun.ok());
  EXPECT_TRUE((*begun)[0].refreshing && (*begun)[1].refreshing);
  EXPECT_THAT(w1.link->asked, ElementsAre("dad", "mom"));
  w1.link->answer("mom", held("mom", "2"));
  time.settle();
  EXPECT_EQ(quantity(of("mom")), "2");
  EXPECT_FALSE(of("mom").refreshing) << "a slow account delays no other one";
  EXPECT_TRUE(of("dad").refreshing);
  pass(std::chrono::seconds(301), {w1});
  EXPECT_FALSE(of("dad").refreshing);
  EXPECT_EQ(reason(of("dad")), "no_answer");
  EXPECT_FALSE(of("dad").report) << "unknown, not empty";
  EXPECT_EQ(reason(of("mom")), "");
}

TEST_F(HoldingsServiceTest, AWorkerThatSaysNothingIsNotWaitedForForEver) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  w1.link->mute = true;
  ASSERT_TRUE(refresh(all("family")).ok());
  pass(std::chrono::minutes(19), {w1});
  EXPECT_TRUE(of("mom").refreshing) << "others may have their turn before it";
  pass(std::chrono::seconds(61), {w1});
  EXPECT_FALSE(of("mom").refreshing);
}

TEST_F(HoldingsServiceTest, WhoAsksMeanwhileSharesTheQuestion) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(refresh(all("family")).ok());
  pass(std::chrono::seconds(5), {w1});
  ASSERT_TRUE(refresh(only("mom")).ok());
  EXPECT_THAT(w1.link->asked, ElementsAre("mom"));
  w1.link->answer("mom", held("mom", "2"));
  time.settle();
  ASSERT_TRUE(refresh(only("mom")).ok());
  EXPECT_THAT(w1.link->asked, ElementsAre("mom", "mom"));
}

TEST_F(HoldingsServiceTest, AWaitEndsWithTheLastAnswerOrAtItsDeadline) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(refresh(all("family")).ok());
  w1.link->answer("dad", held("dad", "1"));
  const HoldingsFilter family{.group = GroupName("family")};
  const BootTime before = clock.boot_now();
  const auto late = time.run(main->holdings().wait(family, Deadline::after(clock, std::chrono::seconds(7))));
  EXPECT_EQ(clock.boot_now() - before, std::chrono::seconds(7));
  EXPECT_FALSE((*late)[0].refreshing);
  EXPECT_TRUE((*late)[1].refreshing);

  std::optional<Result<Views>> seen;
  TaskGroup clients(io.get_executor());
  clients.spawn([](HoldingsApi& api, HoldingsFilter filter, Deadline deadline, auto& out) -> asio::awaitable<void> {
    out = co_await api.wait(std::move(filter), deadline);
  }(main->holdings(), family, Deadline::after(clock, std::chrono::seconds(7)), seen));
  time.settle();
  EXPECT_FALSE(seen);
  w1.link->answer("mom", held("mom", "2"));
  time.settle();
  ASSERT_TRUE(seen && seen->ok());
  EXPECT_EQ(quantity((**seen)[1]), "2");
  time.run(clients.join());
}

TEST_F(HoldingsServiceTest, AFailedRefreshKeepsWhatWasKnownAndTellsWhy) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  w1.link->answer("mom", held("mom", "2"));
  ASSERT_TRUE(refresh(only("mom")).ok());
  const Timestamp then = clock.now();
  w1.link->answer("mom", make_error(ErrorCode::unauthenticated, "login_failed", "the broker refused the log-in"));
  pass(std::chrono::seconds(10), {w1});
  ASSERT_TRUE(refresh(only("mom")).ok());
  EXPECT_EQ(quantity(of("mom")), "2");
  EXPECT_EQ(of("mom").report->as_of, then);
  EXPECT_EQ(reason(of("mom")), "login_failed");
  EXPECT_EQ(of("mom").failure->message, "the broker refused the log-in");
  EXPECT_EQ(of("mom").failure->at, then + std::chrono::seconds(10));
  w1.link->answer("mom", held("mom", "3"));
  ASSERT_TRUE(refresh(only("mom")).ok());
  EXPECT_EQ(quantity(of("mom")), "3");
  EXPECT_FALSE(of("mom").failure);
}

TEST_F(HoldingsServiceTest, WithoutAWorkerNobodyIsKeptWaiting) {
  add_group("family");
  const auto refused = refresh(all("family"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(refused.error().reason, "no_worker");
  EXPECT_EQ(refused.error().effect, Effect::none);
  EXPECT_EQ(reason(of("mom")), "no_worker");

  const Peer w1 = connect(hello("w1"));
  w1.link->answer("mom", held("mom", "2"));
  ASSERT_TRUE(refresh(all("family")).ok());
  hang_up(w1);
  EXPECT_EQ(refresh(all("family")).error().reason, "no_worker");
  EXPECT_EQ(quantity(of("mom")), "2") << "old, and still there";
  EXPECT_EQ(reason(of("mom")), "no_worker");
}

TEST_F(HoldingsServiceTest, AnUnservedGroupHoldsUpNoOther) {
  add_group("family");
  WorkerHello narrow = hello("w1");
  narrow.only_groups = {GroupName("family")};
  const Peer w1 = connect(narrow);
  add_group("other", {"aunt"});
  w1.link->answer("mom", held("mom", "2"));
  const auto begun = refresh({.accounts = {ref("other", "aunt"), ref("family", "mom")}});
  ASSERT_TRUE(begun.ok());
  EXPECT_EQ(reason((*begun)[0]), "no_worker");
  EXPECT_TRUE((*begun)[1].refreshing);
  EXPECT_EQ(quantity(of("mom")), "2");
}

TEST_F(HoldingsServiceTest, ADeletedAccountsHoldingsGoWithIt) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  w1.link->answer("mom", held("mom", "2"));
  ASSERT_TRUE(refresh(only("mom")).ok());
  ASSERT_TRUE(time.run(main->accounts().delete_account(ref("family", "mom"), bot)).ok());
  time.settle();
  EXPECT_THAT(*list(), IsEmpty());
  ASSERT_TRUE(put("family", "mom").ok());
  EXPECT_FALSE(of("mom").report) << "another account under the same name";
}

TEST_F(HoldingsServiceTest, AnAnswerForTheLogInBeforeIsDropped) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(refresh(only("mom")).ok());
  ASSERT_TRUE(put("family", "mom").ok());
  time.settle();
  EXPECT_FALSE(of("mom").refreshing);
  w1.link->answer("mom", held("mom", "2"));
  time.settle();
  EXPECT_FALSE(of("mom").report);
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "mom"), false, std::nullopt, bot)).ok());
  EXPECT_FALSE(of("mom").enabled);
}

TEST_F(HoldingsServiceTest, DisablingAnAccountKeepsWhatIsKnown) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  for (const std::string account : {"mom", "dad"}) w1.link->answer(account, held(account, "2"));
  ASSERT_TRUE(refresh(all("family")).ok());
  ASSERT_TRUE(time.run(main->accounts().set_enabled(ref("family", "mom"), false, std::nullopt, bot)).ok());
  EXPECT_EQ(quantity(of("mom")), "2");
  ASSERT_EQ(refresh(all("family"))->size(), 1U) << "a group's enabled accounts";
  const auto named = refresh(only("mom"));
  EXPECT_EQ(named.error().reason, "account_disabled");
  EXPECT_EQ(named.error().fields[0].pointer, "/accounts/0");
}

TEST_F(HoldingsServiceTest, TheQuestionFollowsTheActivationOfANewLogIn) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  store->faults.hold_answers("find_account");
  std::optional<Result<AccountApi::PutAccount>> put_answer;
  std::optional<Result<Views>> begun;
  TaskGroup clients(io.get_executor());
  clients.spawn([](MainServer& server, AccountRef ref, auto& put, auto& out) -> asio::awaitable<void> {
    put = co_await server.accounts().put_account(ref, Brokerage::paper, {}, true, std::nullopt, {});
    out = co_await server.holdings().refresh({.group = GroupName("family")});
  }(*main, ref("family", "mom"), put_answer, begun));
  time.settle();
  ASSERT_TRUE(begun && begun->ok());
  EXPECT_THAT(w1.link->asked, IsEmpty()) << "the worker still has the log-in before";
  EXPECT_EQ(w1.link->activations.size(), 1U);
  store->faults.release();
  time.settle();
  EXPECT_EQ(w1.link->activations.size(), 2U);
  EXPECT_THAT(w1.link->asked, ElementsAre("mom"));
  w1.link->answer("mom", held("mom", "2"));
  time.run(clients.join());
}

TEST_F(HoldingsServiceTest, AgesAreToldByOurOwnClock) {
  add_group("family", {"mom", "dad"});
  const Peer w1 = connect(hello("w1"));
  HoldingsReport early = held("mom", "2");
  early.as_of -= std::chrono::hours(1);
  HoldingsReport late = held("dad", "2");
  late.as_of += std::chrono::hours(1);
  const Timestamp asked = clock.now();
  ASSERT_TRUE(refresh(all("family")).ok());
  pass(std::chrono::seconds(3), {w1});
  w1.link->answer("mom", early);
  w1.link->answer("dad", late);
  time.settle();
  EXPECT_EQ(of("mom").report->as_of, asked);
  EXPECT_EQ(of("dad").report->as_of, asked + std::chrono::seconds(3));
}

TEST_F(HoldingsServiceTest, AReportOfAnotherAccountIsNotShown) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  w1.link->answer("mom", held("dad", "2"));
  ASSERT_TRUE(refresh(only("mom")).ok());
  EXPECT_EQ(reason(of("mom")), "unexpected_answer");
  EXPECT_FALSE(of("mom").report);
}

TEST_F(HoldingsServiceTest, FiltersChooseAccounts) {
  add_group("family", {"mom", "dad"});
  add_group("other", {"aunt"});
  const auto refs = [this](HoldingsFilter filter) {
    std::vector<std::string> names;
    const auto views = list(std::move(filter));
    for (const AccountHoldings& view : *views) names.push_back(view.ref.account.str());
    return names;
  };
  EXPECT_THAT(refs({}), ElementsAre("dad", "mom", "aunt"));
  EXPECT_THAT(refs({.group = GroupName("other")}), ElementsAre("aunt"));
  EXPECT_THAT(refs({.brokerage = Brokerage::tradier}), IsEmpty());
  EXPECT_THAT(refs({.groups = {GroupName("other")}}), ElementsAre("aunt"));
  EXPECT_THAT(refs({.group = GroupName("other"), .accounts = {ref("family", "mom")}}), IsEmpty());
  EXPECT_EQ(list({.group = GroupName("nobody")}).error().reason, "unknown_group");
  EXPECT_EQ(list({.accounts = {ref("family", "aunt")}}).error().reason, "unknown_account");
  EXPECT_EQ(refresh(all("nobody")).error().fields[0].pointer, "/group");
}

TEST_F(HoldingsServiceTest, StoppingWaitsForNoBroker) {
  add_group("family");
  const Peer w1 = connect(hello("w1"));
  ASSERT_TRUE(refresh(all("family")).ok());
  EXPECT_TRUE(of("mom").refreshing);
  const BootTime before = clock.boot_now();
  stop();
  EXPECT_LT(clock.boot_now() - before, std::chrono::seconds(2));
}

}  // namespace
}  // namespace tradeauto
