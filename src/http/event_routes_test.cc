#include "http/event_routes.h"

#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/event_json.h"

namespace tradeauto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const OrderId kOrder(fake_uuid(1));

class EventRoutesTest : public testing::Test, public ApiBench {
 protected:
  EventRoutesTest() {
    events.add("order_accepted", "family", kOrder, "buy 1");
    events.add("child_order_offered", "family", kOrder);
    events.add("order_accepted", "work", OrderId(fake_uuid(2)));
    events.add("alarm", "");
  }
  std::vector<std::int64_t> sequences(const std::string& query) {
    const auto answer = call("GET", "/v1/events" + query);
    EXPECT_EQ(answer.reply.status, 200U) << answer.reply.body;
    std::vector<std::int64_t> found;
    for (const auto& item : answer.body.at("items").as_array()) found.push_back(item.at("sequence").as_int64());
    return found;
  }
  Answer open(const std::string& query, NameValues headers = {}) {
    headers.emplace_back("accept", "Text/Event-Stream");
    return call("GET", "/v1/events" + query, {}, std::move(headers));
  }
  std::string next(const Answer& stream) {
    auto piece = run_async(io_, stream.reply.source->next());
    return piece.ok() ? std::move(piece).value() : piece.error().reason;
  }

  asio::io_context io_;
};

TEST_F(EventRoutesTest, APageIsOldestFirst) {
  EXPECT_THAT(sequences(""), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(sequences("?after=2"), ElementsAre(3, 4));
  EXPECT_THAT(sequences("?after=4"), IsEmpty());
  const auto first = call("GET", "/v1/events?limit=3");
  EXPECT_EQ(first.body.at("items").as_array().size(), 3U);
  const std::string cursor(first.body.at("next_cursor").as_string());
  const auto last = call("GET", "/v1/events?after=1&cursor=" + cursor);
  EXPECT_EQ(last.body.at_pointer("/items/0/sequence"), 4);
  EXPECT_TRUE(last.body.at("next_cursor").is_null());
}

TEST_F(EventRoutesTest, ShowsWhatAnEventTells) {
  const auto item = call("GET", "/v1/events").body.at_pointer("/items/0");
  EXPECT_EQ(item.at("type"), "order_accepted");
  EXPECT_EQ(item.at("order_id").as_string(), kOrder.str());
  EXPECT_TRUE(item.at("child_order_id").is_null());
  EXPECT_EQ(item.at("group"), "family");
  EXPECT_EQ(item.at("detail"), "buy 1");
  EXPECT_EQ(item.at("at").as_string(), to_rfc3339(kFakeNow));
  EXPECT_TRUE(item.at("actor").is_null()) << "of a time before it was kept";
}

TEST_F(EventRoutesTest, ShowsWhoDidIt) {
  events.add_deed("account_added", {.kind = Actor::Kind::legacy, .name = "bot"});
  const auto item = call("GET", "/v1/events?after=4").body.at_pointer("/items/0");
  EXPECT_EQ(item.at_pointer("/actor/kind"), "legacy");
  EXPECT_EQ(item.at_pointer("/actor/name"), "bot");
  EXPECT_EQ(item.at("account"), "mom");
  EXPECT_TRUE(item.at("token").is_null());
  const Answer stream = open("?after=4");
  next(stream);
  EXPECT_THAT(next(stream), HasSubstr(R"("actor":{"kind":"legacy","name":"bot"})"));
}

TEST_F(EventRoutesTest, FiltersTakeWhatFits) {
  EXPECT_THAT(sequences("?group=family"), ElementsAre(1, 2));
  EXPECT_THAT(sequences("?type=order_accepted"), ElementsAre(1, 3));
  EXPECT_THAT(sequences("?order=" + kOrder.str()), ElementsAre(1, 2));
  EXPECT_THAT(sequences("?group=family&type=alarm"), IsEmpty());
}

TEST_F(EventRoutesTest, APageLooksAtSoManyAndSaysWhereItStopped) {
  for (int i = 0; i < 6000; ++i) events.add("child_order_offered", "work");
  events.add("alarm", "family");
  const auto first = call("GET", "/v1/events?type=alarm&after=4");
  EXPECT_TRUE(first.body.at("items").as_array().empty());
  const auto last =
      call("GET", "/v1/events?type=alarm&cursor=" + std::string(first.body.at("next_cursor").as_string()));
  EXPECT_EQ(last.body.at("items").as_array().size(), 1U);
  EXPECT_TRUE(last.body.at("next_cursor").is_null());
}

TEST_F(EventRoutesTest, RefusesWhatIsNoQuery) {
  for (const char* query : {"?after=x", "?after=-1", "?after=99999999999999999999", "?limit=0", "?limit=501", "?type=A",
                            "?order=x", "?nothing=1", "?cursor=x", "?cursor=n61"}) {
    EXPECT_EQ(call("GET", std::string("/v1/events") + query).reply.status, 400U) << query;
    EXPECT_EQ(open(query).reply.status, 400U) << query;
  }
  events.failure = make_error(ErrorCode::unavailable, "redis_lost", "Redis is gone");
  EXPECT_EQ(call("GET", "/v1/events").reply.status, 503U);
}

TEST_F(EventRoutesTest, AStreamGoesOnAfterTheLastEventThatTheClientHas) {
  const Answer after = open("?after=2");
  EXPECT_EQ(after.reply.status, 200U);
  EXPECT_EQ(after.reply.content_type, "text/event-stream");
  EXPECT_EQ(next(after), "retry: 1000\n\n");
  const std::string text = next(after);
  EXPECT_THAT(text, testing::StartsWith("id: 3\nevent: order_accepted\ndata: {\"sequence\":3,"));
  EXPECT_THAT(text, HasSubstr("}\n\nid: 4\nevent: alarm\ndata: {"));
  EXPECT_THAT(text, testing::EndsWith("}\n\n"));
  const Answer header = open("?after=1", {{"last-event-id", "3"}});
  next(header);
  EXPECT_THAT(next(header), testing::StartsWith("id: 4\n")) << "the header wins";
}

TEST_F(EventRoutesTest, WithoutAStartOnlyWhatComesIsTold) {
  const Answer stream = open("");
  EXPECT_EQ(next(stream), "id: 4\nretry: 1000\n\n");
  events.add("alarm", "work");
  EXPECT_THAT(next(stream), testing::StartsWith("id: 5\n"));
}

TEST_F(EventRoutesTest, AStreamIsFiltered) {
  const Answer stream = open("?after=0&group=work");
  next(stream);
  const std::string text = next(stream);
  EXPECT_THAT(text, testing::StartsWith("id: 3\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("id: 4\n")));
}

TEST_F(EventRoutesTest, WhatIsNotOfThisLogIsToldToStartAnew) {
  for (const char* seen : {"5", "9007199254740992", "x", "-1", "99999999999999999999"}) {
    const Answer stream = open("", {{"last-event-id", seen}});
    EXPECT_EQ(next(stream), "retry: 1000\n\nid: 4\nevent: reset\ndata: {\"newest\":4}\n\n") << seen;
  }
  events.forget_before(3);
  const Answer old = open("?after=1");
  EXPECT_THAT(next(old), HasSubstr("event: reset\n"));
  events.add("alarm");
  EXPECT_THAT(next(old), testing::StartsWith("id: 5\n")) << "it goes on after the newest";
}

TEST_F(EventRoutesTest, AnErrorEndsTheStream) {
  const Answer stream = open("?after=0");
  next(stream);
  events.failure = make_error(ErrorCode::internal, "disk_failed", "the disk failed");
  EXPECT_EQ(next(stream), "disk_failed");
}

TEST_F(EventRoutesTest, TheTrailIsPagedNewestFirst) {
  for (const char* name : {"ann", "bot", "cem"}) {
    events.add_deed("account_added", {.kind = Actor::Kind::token, .name = name});
  }
  const auto first = call("GET", "/v1/audit?limit=2");
  ASSERT_EQ(first.reply.status, 200U) << first.reply.body;
  EXPECT_EQ(first.body.at_pointer("/items/0/actor/name"), "cem");
  EXPECT_EQ(first.body.at_pointer("/items/1/actor/name"), "bot");
  EXPECT_EQ(first.body.at_pointer("/items/0/type"), "account_added");
  EXPECT_EQ(first.body.at_pointer("/items/0/account"), "mom");
  const std::string cursor(first.body.at("next_cursor").as_string());
  const auto last = call("GET", "/v1/audit?limit=2&cursor=" + cursor);
  ASSERT_EQ(last.body.at("items").as_array().size(), 1U);
  EXPECT_EQ(last.body.at_pointer("/items/0/actor/name"), "ann");
  EXPECT_TRUE(last.body.at("next_cursor").is_null());
}

TEST_F(EventRoutesTest, TheTrailsFiltersReachTheLedgerWithTheCallersGroups) {
  access.give("bot", {Scope::audit_read}, {GroupName("family")});
  token = "bot";
  const auto answer = call("GET",
                           "/v1/audit?actor=AUTH%20off&type=token_created&group=club"
                           "&since=2026-01-02T00:00:00Z&until=2026-01-03T00:00:00Z&limit=7");
  ASSERT_EQ(answer.reply.status, 200U) << answer.reply.body;
  ASSERT_EQ(events.filters.size(), 1U);
  const DeedFilter& filter = events.filters.front();
  EXPECT_EQ(filter.actor, "AUTH off");
  EXPECT_EQ(filter.deed, Deed::token_created);
  EXPECT_EQ(filter.group, GroupName("club"));
  EXPECT_EQ(filter.since, kFakeNow);
  EXPECT_EQ(filter.until, kFakeNow + std::chrono::hours(24));
  EXPECT_EQ(filter.limit, 7U);
  EXPECT_EQ(filter.groups, Groups{GroupName("family")});
}

TEST_F(EventRoutesTest, TheTrailIsForThoseWhoMayReadIt) {
  access.give("bot", {Scope::orders_read});
  token = "bot";
  EXPECT_EQ(call("GET", "/v1/audit").code(), "missing_scope");
}

TEST_F(EventRoutesTest, RefusesWhatIsNoQueryOfTheTrail) {
  for (const char* query : {"?actor=a%2Fb", "?type=alarm", "?type=x", "?group=a%2Fb", "?since=x", "?until=1",
                            "?limit=0", "?limit=501", "?cursor=x", "?cursor=e61", "?after=1", "?actor=a&actor=b"}) {
    EXPECT_EQ(call("GET", std::string("/v1/audit") + query).reply.status, 400U) << query;
  }
  events.failure = make_error(ErrorCode::unavailable, "redis_lost", "Redis is gone");
  EXPECT_EQ(call("GET", "/v1/audit").reply.status, 503U);
}

TEST(EventFilterTest, ACallerWithGroupsSeesTheirEventsOnly) {
  const EventFilter filter{.group = {}, .order = {}, .type = {}, .groups = {GroupName("family")}};
  Event event;
  EXPECT_FALSE(filter.takes(event));
  event.group = GroupName("work");
  EXPECT_FALSE(filter.takes(event));
  event.group = GroupName("family");
  EXPECT_TRUE(filter.takes(event));
}

TEST_F(EventRoutesTest, AStreamShowsNothingOnceItsTokenIsRevoked) {
  access.give("bot", {Scope::orders_read});
  token = "bot";
  const Answer stream = open("?after=0");
  next(stream);
  EXPECT_THAT(next(stream), HasSubstr("id: 1\n"));
  access.take("bot");
  events.add("alarm", "family");
  EXPECT_EQ(next(stream), "") << "the end";
}

}  // namespace
}  // namespace tradeauto
