#include "http/resolve_request.h"

#include <string>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

std::string fault_of(const std::string& body) {
  const auto result = parse_resolve_request(body);
  if (result.ok()) return "ok";
  const Error& error = result.error();
  return error.fields.empty() ? error.reason : error.fields[0].pointer + " " + error.fields[0].code;
}

TEST(ResolveRequestTest, EachOutcomeHasItsWord) {
  const auto outcome = [](const std::string& word) {
    return parse_resolve_request(R"({"outcome":")" + word + R"(","note":"seen"})").value().outcome;
  };
  EXPECT_EQ(outcome("submitted"), ExecutionStatus::submitted);
  EXPECT_EQ(outcome("filled"), ExecutionStatus::filled);
  EXPECT_EQ(outcome("rejected"), ExecutionStatus::rejected);
  EXPECT_EQ(outcome("not_placed"), ExecutionStatus::not_sent);
  EXPECT_EQ(parse_resolve_request(R"({"outcome":"filled","note":"the app shows it"})").value().note,
            "the app shows it");
}

TEST(ResolveRequestTest, WhatIsMissingOrUnknownIsTold) {
  EXPECT_EQ(fault_of(""), "bad_json");
  EXPECT_EQ(fault_of(R"({"note":"seen"})"), "/outcome required");
  EXPECT_EQ(fault_of(R"({"outcome":"filled"})"), "/note required");
  EXPECT_EQ(fault_of(R"({"outcome":"filled","note":"seen","by":"me"})"), "/by unknown_field");
  for (const char* word : {"in_doubt", "not_sent", "denied", "dry_run", "closed", "Filled", ""}) {
    EXPECT_EQ(fault_of(std::string(R"({"outcome":")") + word + R"(","note":"seen"})"), "/outcome bad_outcome");
  }
}

TEST(ResolveRequestTest, ANoteIsOneLineThatSaysSomething) {
  const auto with = [](const std::string& note) { return fault_of(R"({"outcome":"filled","note":")" + note + "\"}"); };
  EXPECT_EQ(with(""), "/note bad_note");
  EXPECT_EQ(with("  "), "/note bad_note");
  EXPECT_EQ(with(R"(a\nb)"), "/note bad_note");
  EXPECT_EQ(with(R"(\u007f)"), "/note bad_note");
  EXPECT_EQ(with(std::string(501, 'x')), "/note bad_note");
  EXPECT_EQ(with(std::string(500, 'x')), "ok");
  EXPECT_EQ(with("gesehen, wie er ausgeführt wurde"), "ok");
}

}  // namespace
}  // namespace tradeauto
