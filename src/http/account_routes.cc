#include "http/account_routes.h"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "http/account_request.h"
#include "http/name_list.h"
#include "http/narrowing.h"
#include "http/path_names.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kGroup = "/v1/groups/{group}";
constexpr std::string_view kAccounts = "/v1/groups/{group}/accounts";
constexpr std::string_view kAccount = "/v1/groups/{group}/accounts/{account}";

json::object to_json(const GroupView& view) {
  return {{"name", view.group.name.str()},
          {"accounts", view.group.accounts},
          {"worker", view.worker ? json::value(view.worker->str()) : json::value(nullptr)},
          {"state", view.state},
          {"created_at", to_rfc3339(view.group.created_at)}};
}

json::object to_json(const AccountView& view) {
  json::array fields;
  for (const std::string& field : view.credential_fields) fields.emplace_back(field);
  return {{"group", view.ref.group.str()},
          {"name", view.ref.account.str()},
          {"brokerage", to_string(view.brokerage)},
          {"enabled", view.enabled},
          {"credential_fields", std::move(fields)},
          {"activation", view.activation},
          {"activation_detail",
           view.activation_detail.empty() ? json::value(nullptr) : json::value(view.activation_detail)},
          {"version", view.version},
          {"created_at", to_rfc3339(view.created_at)},
          {"updated_at", to_rfc3339(view.updated_at)}};
}

ApiReply reply_with(const AccountView& view) {
  return {.headers = {{"ETag", entity_tag(view.version)}}, .body = json::serialize(to_json(view))};
}

ApiReply created(ApiReply reply, const std::string& location) {
  reply.status = 201;
  reply.headers.emplace_back("Location", location);
  return reply;
}

ApiReply no_content() { return {.status = 204, .content_type = {}, .headers = {}, .body = {}}; }

Result<Preconditions> preconditions_of(const ApiCall& call) {
  return parse_preconditions(call.request.header("if-match"), call.request.header("if-none-match"));
}

// Where else a login is registered is nothing for one who may not see it.
Error without_places(Error error, const Caller& caller) {
  if (error.reason == "login_registered" && !caller.groups.empty()) error.message = "this login is registered already";
  return error;
}

Error version_changed() {
  return make_error(ErrorCode::precondition_failed, "version_changed", "this is not the present version");
}

}  // namespace

void AccountRoutes::add_to(RouteTable& routes) {
  const auto add = [&](std::string_view method, std::string_view path, auto member) {
    const std::string_view scope = method == "GET" ? "accounts:read" : "accounts:write";
    routes.add({.method = method, .path = path, .scope = scope, .handler = [this, member](ApiCall call) {
                  return (this->*member)(std::move(call));
                }});
  };
  add("GET", "/v1/groups", &AccountRoutes::list_groups);
  add("GET", kGroup, &AccountRoutes::show_group);
  add("PUT", kGroup, &AccountRoutes::put_group);
  add("DELETE", kGroup, &AccountRoutes::delete_group);
  add("GET", kAccounts, &AccountRoutes::list_accounts);
  add("GET", kAccount, &AccountRoutes::show_account);
  add("PUT", kAccount, &AccountRoutes::put_account);
  add("PATCH", kAccount, &AccountRoutes::patch_account);
  add("DELETE", kAccount, &AccountRoutes::delete_account);
}

asio::awaitable<Result<ApiReply>> AccountRoutes::list_groups(ApiCall call) {
  CO_TRY(const NamePage page, parse_name_page(call.query));
  CO_TRY(std::vector<GroupView> groups, co_await accounts_.groups());
  std::erase_if(groups, [&](const GroupView& view) { return !call.caller.sees(view.group.name); });
  co_return ApiReply{.body = render_by_name(
                         std::move(groups), page, [](const GroupView& view) { return view.group.name.str(); },
                         [](const GroupView& view) { return to_json(view); })};
}

asio::awaitable<Result<ApiReply>> AccountRoutes::show_group(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(GroupName name, group_of(call));
  CO_TRY(const GroupView view, co_await accounts_.group(std::move(name)));
  co_return ApiReply{.body = json::serialize(to_json(view))};
}

asio::awaitable<Result<ApiReply>> AccountRoutes::put_group(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY_VOID(parse_empty_request(call.request.body));
  CO_TRY(GroupName name, parse_group_name(call.param("group")));
  CO_TRY_VOID(check_seen(call.caller, name));
  CO_TRY(const AccountApi::PutGroup put, co_await accounts_.put_group(std::move(name), call.caller.actor()));
  ApiReply reply{.body = json::serialize(to_json(put.group))};
  co_return put.created ? created(std::move(reply), call.request.target) : std::move(reply);
}

asio::awaitable<Result<ApiReply>> AccountRoutes::delete_group(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(GroupName name, group_of(call));
  CO_TRY_VOID(co_await accounts_.delete_group(std::move(name), call.caller.actor()));
  co_return no_content();
}

asio::awaitable<Result<ApiReply>> AccountRoutes::list_accounts(ApiCall call) {
  CO_TRY(const NamePage page, parse_name_page(call.query));
  CO_TRY(GroupName group, group_of(call));
  CO_TRY(std::vector<AccountView> accounts, co_await accounts_.accounts(std::move(group)));
  co_return ApiReply{.body = render_by_name(
                         std::move(accounts), page, [](const AccountView& view) { return view.ref.account.str(); },
                         [](const AccountView& view) { return to_json(view); })};
}

asio::awaitable<Result<ApiReply>> AccountRoutes::show_account(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(AccountRef ref, account_of(call));
  CO_TRY(const AccountView view, co_await accounts_.account(std::move(ref)));
  co_return reply_with(view);
}

asio::awaitable<Result<ApiReply>> AccountRoutes::put_account(ApiCall call) {
  const SecretString body(std::move(call.request.body));  // first of all: it is wiped whatever comes of it
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(GroupName group, group_of(call));
  CO_TRY(AccountName name, parse_account_name(call.param("account")));
  AccountRef ref{.group = std::move(group), .account = std::move(name)};
  CO_TRY(Preconditions wanted, preconditions_of(call));
  CO_TRY(AccountRequest request, parse_account_request(body));
  if (wanted.must_exist && !wanted.version) {
    const auto present = co_await accounts_.account(ref);
    if (!present.ok()) co_return present.error().code == ErrorCode::not_found ? version_changed() : present.error();
    wanted.version = present->version;
  }
  const auto put = co_await accounts_.put_account(std::move(ref), request.brokerage, std::move(request.credentials),
                                                  request.enabled, wanted.version, call.caller.actor());
  if (!put.ok()) co_return without_places(put.error(), call.caller);
  ApiReply reply = reply_with(put->account);
  co_return put->created ? created(std::move(reply), call.request.target) : std::move(reply);
}

asio::awaitable<Result<ApiReply>> AccountRoutes::patch_account(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(AccountRef ref, account_of(call));
  CO_TRY(const Preconditions wanted, preconditions_of(call));
  CO_TRY(const bool enabled, parse_account_patch(call.request.body));
  CO_TRY(const AccountView view,
         co_await accounts_.set_enabled(std::move(ref), enabled, wanted.version, call.caller.actor()));
  co_return reply_with(view);
}

asio::awaitable<Result<ApiReply>> AccountRoutes::delete_account(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY(AccountRef ref, account_of(call));
  CO_TRY(const Preconditions wanted, preconditions_of(call));
  if (wanted.version) {
    CO_TRY(const AccountView present, co_await accounts_.account(ref));
    if (present.version != *wanted.version) co_return version_changed();
  }
  CO_TRY_VOID(co_await accounts_.delete_account(std::move(ref), call.caller.actor()));
  co_return no_content();
}

}  // namespace tradeauto
