#include "http/page_routes.h"

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api_bench_test.h"
#include "http/html.h"
#include "http/openapi_document.h"
#include "http/problem_catalogue.h"

namespace tradeauto {
namespace {

using testing::HasSubstr;
using testing::Not;

class PageRoutesTest : public testing::Test, public ApiBench {
 protected:
  PageRoutesTest() { with_token = false; }
  ApiReply page(std::string target) { return call_raw("GET", std::move(target)); }
};

// The words that the source hands to an Error or a field's fault as its code.
std::set<std::string> codes_in(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  const std::string source = text.str();
  static const std::vector<std::regex> kForms = {
      std::regex(R"re(ErrorCode::\w+,\s*"([a-z_]+)")re"),
      std::regex(R"re(foreign\("([a-z_]+)")re"),
      std::regex(R"re(fault\([^;"]*(?:"[a-z_]+"[^;"]*)?"([a-z_]+)",\s*(?:"|fmt::|std::))re"),
      std::regex(R"re("((?:bad|unknown)_[a-z_]+)")re"),
  };
  std::set<std::string> codes;
  for (const std::regex& form : kForms) {
    for (std::sregex_iterator it(source.begin(), source.end(), form), end; it != end; ++it) codes.insert((*it)[1]);
  }
  return codes;
}

bool reaches_rest(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const bool is_code = (name.ends_with(".cc") || name.ends_with(".h")) && !name.ends_with("_test.cc") &&
                       !name.ends_with("_test.h") && !name.starts_with("legacy_");
  // The engines' own faults have one page: `internal` and its like.
  return is_code && (file.parent_path().filename() != "store" || name == "rules.cc");
}

TEST_F(PageRoutesTest, EveryCodeThatRestCanAnswerHasAPage) {
  // Of a start that fails, of workers' sessions, of the ledger's own use, and why an account does not tell its
  // holdings.
  const std::set<std::string> elsewhere = {
      "account_not_active", "auth_off_beyond_loopback", "bad_origin",        "bad_transition",
      "no_reports",         "report_not_taken",         "unexpected_answer", "worker_name_taken"};
  const auto source = std::filesystem::path(TRADEAUTO_TEST_DATA).parent_path().parent_path() / "src";
  std::set<std::string> seen;
  for (const char* room : {"http", "main_server", "domain", "base", "store"}) {
    for (const auto& file : std::filesystem::directory_iterator(source / room)) {
      if (!file.is_regular_file() || !reaches_rest(file.path())) continue;
      for (const std::string& code : codes_in(file.path())) {
        seen.insert(code);
        EXPECT_TRUE(find_problem(code) != nullptr || elsewhere.contains(code)) << code << " in " << file.path();
      }
    }
  }
  for (const char* known :
       {"unknown_order", "group_not_empty", "missing_scope", "bad_side", "wrong_type", "bad_json", "bad_time"}) {
    EXPECT_TRUE(seen.contains(known)) << "the forms above no longer find " << known;
  }
}

TEST_F(PageRoutesTest, EveryErrorCodeOfOursHasAPage) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
    const std::string_view name = to_string(static_cast<ErrorCode>(code));
    EXPECT_NE(find_problem(name), nullptr) << name;
  }
}

TEST_F(PageRoutesTest, AProblemLeadsToItsPage) {
  const auto refused = call("GET", "/v1/orders");
  ASSERT_EQ(refused.reply.status, 401U);
  const ApiReply shown = page(std::string(refused.body.at("type").as_string()));
  EXPECT_EQ(shown.status, 200U);
  EXPECT_EQ(shown.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(shown.body, HasSubstr(std::string("<h1>") + std::string(refused.body.at("title").as_string())));
  EXPECT_THAT(shown.body, HasSubstr("Nothing was sent to a brokerage."));
  EXPECT_THAT(page("/problems/internal").body, HasSubstr("may have been sent"));
}

TEST_F(PageRoutesTest, AnUnknownCodeIsAProblem) {
  const auto answer = call("GET", "/problems/nonsense");
  EXPECT_EQ(answer.reply.status, 404U);
  EXPECT_EQ(answer.code(), "unknown_problem");
}

TEST_F(PageRoutesTest, EveryPageIsCompleteAndSaysNothingTwice) {
  std::set<std::string_view> codes;
  for (const ProblemEntry& entry : problem_catalogue()) {
    EXPECT_TRUE(codes.insert(entry.code).second) << entry.code;
    EXPECT_FALSE(entry.title.empty() || entry.meaning.empty() || entry.remedy.empty()) << entry.code;
  }
}

TEST_F(PageRoutesTest, TheReferenceHasEveryOperationAndSchema) {
  const std::string reference = page("/docs").body;
  const boost::json::value document = boost::json::parse(openapi_document());
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    EXPECT_THAT(reference, HasSubstr(escape_html(path)));
    for (const auto& [method, operation] : methods.as_object()) {
      EXPECT_THAT(reference, HasSubstr("<h2 id=\"" + std::string(operation.at("operationId").as_string()) + "\">"));
    }
  }
  for (const auto& item : document.at_pointer("/components/schemas").as_object()) {
    EXPECT_THAT(reference, HasSubstr("<h3 id=\"schema-" + std::string(item.key()) + "\">"));
  }
}

TEST_F(PageRoutesTest, TheReferencesLinksLeadSomewhere) {
  const std::string reference = page("/docs").body;
  const std::regex link("href=\"#([^\"]+)\"");
  for (std::sregex_iterator it(reference.begin(), reference.end(), link), end; it != end; ++it) {
    EXPECT_THAT(reference, HasSubstr("id=\"" + (*it)[1].str() + "\""));
  }
}

TEST_F(PageRoutesTest, APageRunsNothingAndFetchesNothing) {
  for (const char* target : {"/docs", "/problems/bad_json"}) {
    const ApiReply shown = page(target);
    const auto policy = std::ranges::find(shown.headers, "Content-Security-Policy", &NameValues::value_type::first);
    ASSERT_NE(policy, shown.headers.end());
    EXPECT_THAT(policy->second, HasSubstr("default-src 'none'"));
    EXPECT_THAT(policy->second, Not(HasSubstr("script")));
    for (const char* word : {"<script", "src=", "http://", "https://", "@import", "url("}) {
      EXPECT_THAT(shown.body, Not(HasSubstr(word))) << target;
    }
  }
}

TEST(HtmlTest, TextIsNeverMarkup) {
  EXPECT_EQ(escape_html(R"(<b a="1">&'x')"), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;x&#39;");
  EXPECT_THAT(html_page("<x>", "").body, HasSubstr("<title>&lt;x&gt; –"));
}

}  // namespace
}  // namespace tradeauto
