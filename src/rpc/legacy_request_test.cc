#include "rpc/legacy_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tradeauto::legacy {
namespace {

using testing::HasSubstr;
constexpr const char* kId = "0b94b6b5-7f5c-4f6e-9a39-4f6a3c5a1d20";

Task::Activation::Task activation() {
  Task::Activation::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value(kId);
  task.set_account_name("mom");
  task.set_brokerage(Task::Activation::Tradier);
  task.mutable_account_details()->set_access_token("token-of-mom");
  return task;
}

Task::Transaction::Task transaction() {
  Task::Transaction::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value(kId);
  task.set_method(Task::Transaction::Buy);
  task.set_amount(2);
  task.set_ticker("aapl");
  return task;
}

std::string error_of(const Task::Transaction::Task& task) {
  const auto request = read(task);
  return request.ok() ? "" : request.error().message;
}

TEST(LegacyRequestTest, ReadsAnActivation) {
  const auto request = read(activation());
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->account, AccountName("mom"));
  EXPECT_EQ(request->brokerage, Brokerage::tradier);
  EXPECT_FALSE(request->problem);
  EXPECT_EQ(request->credentials.find("ACCESS_TOKEN")->reveal(), "token-of-mom");
}

TEST(LegacyRequestTest, AnActivationWithoutAnIdOrWithAnUnknownBrokerageIsAnsweredAsTheOriginalDid) {
  Task::Activation::Task task = activation();
  task.clear_base_task();
  EXPECT_EQ(read(task).error().message, "badly formed hexadecimal UUID string");
  task = activation();
  task.set_brokerage(static_cast<Task::Activation::Brokerage>(99));
  EXPECT_EQ(read(task).error().message, "99 is not a valid Brokerage");
}

TEST(LegacyRequestTest, AnAccountWhoseLogInIsFaultyIsKnownWithItsProblem) {
  Task::Activation::Task task = activation();
  task.mutable_account_details()->clear_access_token();
  ASSERT_TRUE(read(task).ok());
  EXPECT_EQ(read(task)->problem->message, "Missing field 'ACCESS_TOKEN' for broker 'Tradier'.");
  task.set_brokerage(Task::Activation::Tastytrade);
  task.mutable_account_details()->set_username("secret-of-mom");
  task.mutable_account_details()->set_password("a:b");
  const auto request = read(task);
  ASSERT_TRUE(request->problem);
  EXPECT_THAT(request->problem->message, HasSubstr("must not contain ':'"));
  EXPECT_THAT(request->problem->message, Not(HasSubstr("a:b")));
}

TEST(LegacyRequestTest, AnAccountsNameIsOneOfOurs) {
  Task::Activation::Task task = activation();
  for (const char* name : {"", "a/b", " mom"}) {
    task.set_account_name(name);
    EXPECT_THAT(read(task).error().message, HasSubstr("account_name: "));
  }
}

TEST(LegacyRequestTest, ReadsATransaction) {
  const auto request = read(transaction());
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->task, TaskId(kId));
  EXPECT_EQ(request->content(), "buy 2 AAPL");
}

TEST(LegacyRequestTest, AnIdIsTheSameInEverySpellingThatPythonTakes) {
  for (const char* id : {"0B94B6B5-7F5C-4F6E-9A39-4F6A3C5A1D20", "0b94b6b57f5c4f6e9a394f6a3c5a1d20",
                         "{0b94b6b5-7f5c-4f6e-9a39-4f6a3c5a1d20}", "urn:uuid:0b94b6b5-7f5c-4f6e-9a39-4f6a3c5a1d20"}) {
    Task::Transaction::Task task = transaction();
    task.mutable_base_task()->mutable_task_id()->set_value(id);
    const auto request = read(task);
    ASSERT_TRUE(request.ok()) << id;
    EXPECT_EQ(request->task, TaskId(kId));
  }
  for (const char* id : {"", "0b94b6b5", "0b94b6b5-7f5c-4f6e-9a39-4f6a3c5a1d2g", "0b94b6b57f5c4f6e9a394f6a3c5a1d200"}) {
    Task::Transaction::Task task = transaction();
    task.mutable_base_task()->mutable_task_id()->set_value(id);
    EXPECT_EQ(error_of(task), "badly formed hexadecimal UUID string") << id;
  }
}

TEST(LegacyRequestTest, AnEmptyMessageNeverSells) {
  EXPECT_EQ(error_of(Task::Transaction::Task()), "badly formed hexadecimal UUID string");
}

TEST(LegacyRequestTest, NamesWhatATransactionMayNotAsk) {
  Task::Transaction::Task task = transaction();
  task.set_method(static_cast<Task::Transaction::TransactionMethod>(7));
  EXPECT_EQ(error_of(task), "7 is not a valid TransactionMethod");
  for (const int amount : {0, -1}) {
    task = transaction();
    task.set_amount(amount);
    EXPECT_THAT(error_of(task), HasSubstr("amount: "));
  }
  for (const char* ticker : {"", ";", "AAPL;rm", "AAPL MSFT"}) {
    task = transaction();
    task.set_ticker(ticker);
    EXPECT_THAT(error_of(task), HasSubstr("ticker: "));
  }
}

TEST(LegacyRequestTest, ReadsADeactivation) {
  Task::Deactivation::Task task;
  task.mutable_base_task()->mutable_task_id()->set_value(kId);
  task.set_account_name("mom");
  EXPECT_EQ(read(task).value(), AccountName("mom"));
  task.set_account_name("");
  EXPECT_THAT(read(task).error().message, HasSubstr("account_name: "));
}

}  // namespace
}  // namespace tradeauto::legacy
