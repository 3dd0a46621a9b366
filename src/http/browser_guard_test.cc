#include "http/browser_guard.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace tradeauto {
namespace {

std::string verdict(std::string method, NameValues headers, std::string target = "/transaction?group_name=g") {
  WireRequest request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.headers = std::move(headers);
  const auto passed = check_no_foreign_page(request);
  return passed.ok() ? "passes" : passed.error().reason;
}

TEST(BrowserGuardTest, AProgramThatIsNoBrowserPasses) {
  for (const char* host : {"127.0.0.1:8000", "127.0.0.1", "127.8.9.1:1", "localhost:8000", "LocalHost", "[::1]:8000",
                           "[::1]", "[0:0::1]:80"}) {
    EXPECT_EQ(verdict("POST", {{"host", host}}), "passes") << host;
  }
}

TEST(BrowserGuardTest, ANameThatWasMadeToLeadHereIsRefused) {
  for (const char* host : {"",
                           "evil.example:8000",
                           "localhost.evil.example",
                           "127.0.0.1.evil.example:8000",
                           "evil.localhost:8000",
                           "localhost.",
                           "0.0.0.0:8000",
                           "[::]:8000",
                           "192.0.2.1:8000",
                           "::1",
                           "[::1",
                           "[::1]x:8000",
                           "127.0.0.1:8000:1",
                           "127.0.0.1:x",
                           "me@127.0.0.1:8000",
                           "127.1",
                           "2130706433",
                           "0x7f.0.0.1",
                           "[::ffff:127.0.0.1]:8000",
                           "127.0.0.1:8000, evil.example",
                           " 127.0.0.1"}) {
    for (const char* method : {"GET", "POST"}) EXPECT_EQ(verdict(method, {{"host", host}}), "foreign_host") << host;
  }
  EXPECT_EQ(verdict("GET", {}), "foreign_host") << "HTTP/1.0";
  const NameValues rebound = {{"host", "evil.example:8000"}, {"origin", "http://evil.example:8000"}};
  EXPECT_EQ(verdict("POST", rebound), "foreign_host") << "its own origin, and still not ours";
}

TEST(BrowserGuardTest, ATargetsOwnAuthorityCountsToo) {
  const NameValues own = {{"host", "127.0.0.1:8000"}};
  EXPECT_EQ(verdict("POST", own, "http://127.0.0.1:8000/transaction"), "passes");
  EXPECT_EQ(verdict("POST", own, "http://evil.example/transaction"), "foreign_host");
  EXPECT_EQ(verdict("POST", own, "http://evil.example?x=/transaction"), "foreign_host");
  EXPECT_EQ(verdict("POST", own, "/transaction?x=http://evil.example/"), "passes") << "that is a parameter";
}

TEST(BrowserGuardTest, APageOfAnotherOriginIsRefused) {
  for (const char* origin :
       {"http://evil.example", "https://127.0.0.1:8000", "http://127.0.0.1:3000", "http://127.0.0.1",
        "http://localhost:8000", "null", "file://", "http://127.0.0.1:8000, http://127.0.0.1:8000",
        "http://127.0.0.1:8000.evil.example", "http://127.0.0.1:80000", "chrome-extension://abc"}) {
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "OPTIONS"}) {
      EXPECT_EQ(verdict(method, {{"host", "127.0.0.1:8000"}, {"origin", origin}}), "foreign_origin") << origin;
    }
  }
  EXPECT_EQ(verdict("POST", {{"host", "127.0.0.1:8000"}, {"origin", "http://127.0.0.1:8000"}}), "passes");
  EXPECT_EQ(verdict("POST", {{"host", "[::1]:8000"}, {"origin", "http://[::1]:8000"}}), "passes");
  EXPECT_EQ(verdict("POST", {{"host", "LOCALHOST:9000"}, {"origin", "http://localhost:9000"}}), "passes") << "a tunnel";
}

TEST(BrowserGuardTest, ABrowserThatNamesAnotherSiteChangesNothing) {
  for (const char* site : {"cross-site", "same-site", "unheard-of"}) {
    const NameValues headers = {{"host", "127.0.0.1:8000"}, {"sec-fetch-site", site}};
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "ANYTHING"}) {
      EXPECT_EQ(verdict(method, headers), "foreign_origin") << site;
    }
    EXPECT_EQ(verdict("GET", headers), "passes") << "a link to a document of ours";
  }
  for (const char* site : {"same-origin", "none"}) {
    EXPECT_EQ(verdict("POST", {{"host", "127.0.0.1:8000"}, {"sec-fetch-site", site}}), "passes") << site;
  }
}

TEST(BrowserGuardTest, ABasicPasswordIsNotBorrowedByAnotherPage) {
  const auto passes = [](NameValues headers, std::string method = "POST") {
    WireRequest request;
    request.method = std::move(method);
    request.target = "/transaction";
    request.headers = std::move(headers);
    return check_no_borrowed_password(request).ok();
  };
  EXPECT_TRUE(passes({{"host", "trade.example:8000"}})) << "a script, at any name";
  EXPECT_TRUE(
      passes({{"host", "trade.example"}, {"origin", "http://trade.example"}, {"sec-fetch-site", "same-origin"}}));
  EXPECT_TRUE(passes({{"host", "trade.example"}, {"sec-fetch-site", "none"}})) << "typed by a person";
  EXPECT_FALSE(passes({{"host", "trade.example"}, {"origin", "http://evil.example"}}));
  EXPECT_FALSE(passes({{"host", "trade.example"}, {"origin", "null"}}));
  EXPECT_FALSE(passes({{"host", "trade.example"}, {"sec-fetch-site", "cross-site"}}));
  EXPECT_FALSE(passes({{"host", "trade.example"}, {"sec-fetch-site", "same-site"}}));
  EXPECT_TRUE(passes({{"host", "trade.example"}, {"sec-fetch-site", "cross-site"}}, "GET")) << "a link";
}

}  // namespace
}  // namespace tradeauto
