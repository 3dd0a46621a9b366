#include "http/legacy_answers.h"

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

using State = LegacyAnswers::State;

const Digest kOne = digest_of({"one"});
const Digest kTwo = digest_of({"two"});

TEST(LegacyAnswersTest, ARepeatGetsTheFirstAnswer) {
  LegacyAnswers answers;
  EXPECT_EQ(answers.begin("k", kOne).state, State::first);
  EXPECT_EQ(answers.begin("k", kOne).state, State::running);
  answers.finish("k", ApiReply{.body = "done"});
  const auto again = answers.begin("k", kOne);
  EXPECT_EQ(again.state, State::answered);
  EXPECT_EQ(again.reply->body, "done");
  EXPECT_EQ(answers.begin("k", kTwo).state, State::other_request);
}

TEST(LegacyAnswersTest, AfterAFailureTheKeyIsNew) {
  LegacyAnswers answers;
  EXPECT_EQ(answers.begin("k", kOne).state, State::first);
  answers.finish("k", ApiReply{.status = 500, .body = {}});
  EXPECT_EQ(answers.begin("k", kTwo).state, State::first);
  answers.abandon("k");
  EXPECT_EQ(answers.begin("k", kOne).state, State::first);
}

TEST(LegacyAnswersTest, KeepsTheLastOnes) {
  LegacyAnswers answers(2);
  for (const char* key : {"a", "b", "c"}) {
    EXPECT_EQ(answers.begin(key, kOne).state, State::first);
    answers.finish(key, ApiReply{.body = key});
  }
  EXPECT_EQ(answers.begin("a", kOne).state, State::first);
  EXPECT_EQ(answers.begin("c", kOne).state, State::answered);
}

}  // namespace
}  // namespace tradeauto
