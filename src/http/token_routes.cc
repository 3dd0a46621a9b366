#include "http/token_routes.h"

#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/name_list.h"
#include "http/token_request.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kTokens = "/v1/tokens";
constexpr std::string_view kToken = "/v1/tokens/{name}";

json::array to_json(ScopeSet scopes) {
  json::array words;
  for (const Scope scope : scopes.list()) words.emplace_back(to_string(scope));
  return words;
}

// All of them: null.
json::value to_json(const Groups& groups) {
  if (groups.empty()) return nullptr;
  json::array names;
  for (const GroupName& group : groups) names.emplace_back(group.str());
  return names;
}

json::value to_json(const std::optional<Timestamp>& time) {
  return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

json::object to_json(const TokenView& token) {
  return {{"name", token.name.str()},
          {"scopes", to_json(token.scopes)},
          {"groups", to_json(token.groups)},
          {"expires_at", to_json(token.expires_at)},
          {"created_at", to_rfc3339(token.created_at)},
          {"last_used_at", to_json(token.last_used_at)}};
}

// The one character of a name that a path cannot hold as it is.
std::string path_of(const TokenName& name) {
  std::string path = fmt::format("{}/", kTokens);
  for (const char c : name.str()) path += c == ' ' ? std::string("%20") : std::string(1, c);
  return path;
}

Result<TokenName> token_of(const ApiCall& call) {
  auto name = parse_token_name(call.param("name"));
  if (name.ok()) return name;
  return make_error(ErrorCode::not_found, "unknown_token", "there is no such token");
}

}  // namespace

void TokenRoutes::add_to(RouteTable& routes) {
  const auto add = [&](std::string_view method, std::string_view path, std::string_view scope, auto member) {
    routes.add({.method = method, .path = path, .scope = scope, .handler = [this, member](ApiCall call) {
                  return (this->*member)(std::move(call));
                }});
  };
  add("GET", "/v1/me", kAnyScope, &TokenRoutes::me);
  add("POST", kTokens, "admin", &TokenRoutes::create);
  add("GET", kTokens, "admin", &TokenRoutes::list);
  add("GET", kToken, "admin", &TokenRoutes::show);
  add("DELETE", kToken, "admin", &TokenRoutes::revoke);
}

asio::awaitable<Result<ApiReply>> TokenRoutes::create(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(TokenRequest request, parse_token_request(call.request.body, clock_.now()));
  CO_TRY(const AccessApi::Created created, co_await access_.create_token(std::move(request), std::move(call.caller)));
  json::object body = to_json(created.token);
  body["token"] = created.value.reveal();
  co_return ApiReply{
      .status = 201, .headers = {{"Location", path_of(created.token.name)}}, .body = json::serialize(body)};
}

asio::awaitable<Result<ApiReply>> TokenRoutes::list(ApiCall call) {
  CO_TRY(const NamePage page, parse_name_page(call.query));
  CO_TRY(std::vector<TokenView> tokens, co_await access_.tokens(std::move(call.caller)));
  co_return ApiReply{.body = render_by_name(
                         std::move(tokens), page, [](const TokenView& token) { return token.name.str(); },
                         [](const TokenView& token) { return to_json(token); })};
}

asio::awaitable<Result<ApiReply>> TokenRoutes::show(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(TokenName name, token_of(call));
  CO_TRY(const TokenView token, co_await access_.token(std::move(name), std::move(call.caller)));
  co_return ApiReply{.body = json::serialize(to_json(token))};
}

asio::awaitable<Result<ApiReply>> TokenRoutes::revoke(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(TokenName name, token_of(call));
  CO_TRY_VOID(co_await access_.revoke_token(std::move(name), std::move(call.caller)));
  co_return ApiReply{.status = 204, .content_type = {}, .headers = {}, .body = {}};
}

asio::awaitable<Result<ApiReply>> TokenRoutes::me(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  const Caller& caller = call.caller;
  co_return ApiReply{.body = json::serialize(json::object{{"name", caller.name},
                                                          {"scopes", to_json(caller.scopes)},
                                                          {"groups", to_json(caller.groups)},
                                                          {"expires_at", to_json(caller.expires_at)}})};
}

}  // namespace tradeauto
