#include "http/catalogue_routes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "domain/brokerage.h"
#include "http/account_request.h"
#include "http/name_list.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

json::object to_json(const CredentialField& field) {
  return {{"name", field.name},
          {"label", field.label},
          {"secret", field.secret},
          {"optional", field.optional},
          {"help", field.help}};
}

json::object to_json(const BrokerageInfo& brokerage) {
  json::array fields;
  for (const CredentialField& field : brokerage.fields) fields.push_back(to_json(field));
  const std::string_view executor = brokerage.brokerage == Brokerage::paper ? "paper" : "autorsa";
  return {{"name", brokerage.name},
          {"executors", json::array{executor}},
          {"guarantee", to_string(brokerage.guarantee)},
          {"needs_browser", brokerage.needs_browser},
          {"reports_fills", brokerage.reports_fills},
          {"whole_shares", brokerage.whole_shares},
          {"credential_fields", std::move(fields)}};
}

json::object to_json(const WorkerView& worker) {
  json::array groups;
  for (const GroupName& group : worker.groups) groups.emplace_back(group.str());
  json::array executors;
  for (const std::string& executor : worker.executors) executors.emplace_back(executor);
  return {{"name", worker.name.str()},
          {"state", worker.state},
          {"link", worker.link},
          {"version", worker.version},
          {"groups", std::move(groups)},
          {"executors", std::move(executors)},
          {"executing", worker.executing},
          {"connected_at", to_rfc3339(worker.connected_at)},
          {"last_seen_at", to_rfc3339(worker.last_seen_at)}};
}

// Every group that it serves moves: nobody does that who may not see them all.
Result<void> check_sees_all(const Caller& caller) {
  if (caller.groups.empty()) return {};
  return make_error(ErrorCode::permission_denied, "all_groups_needed",
                    "a worker is for all groups: this needs a token that is not bound to some");
}

Result<WorkerName> worker_of(const ApiCall& call) {
  auto name = parse_worker_name(call.param("worker"));
  if (name.ok()) return name;
  return make_error(ErrorCode::not_found, "unknown_worker", "there is no such worker");
}

}  // namespace

void CatalogueRoutes::add_to(RouteTable& routes) {
  const auto add = [&](std::string_view path, std::string_view scope, auto member) {
    routes.add({.method = "GET", .path = path, .scope = scope, .handler = [this, member](ApiCall call) {
                  return (this->*member)(std::move(call));
                }});
  };
  add("/v1/brokerages", "accounts:read", &CatalogueRoutes::list_brokerages);
  add("/v1/brokerages/{brokerage}", "accounts:read", &CatalogueRoutes::show_brokerage);
  add("/v1/workers", "accounts:read", &CatalogueRoutes::list_workers);
  routes.add(
      {.method = "POST", .path = "/v1/workers/{worker}/drain", .scope = "admin", .handler = [this](ApiCall call) {
         return drain_worker(std::move(call));
       }});
  add("/v1/version", "accounts:read", &CatalogueRoutes::show_version);
}

asio::awaitable<Result<ApiReply>> CatalogueRoutes::list_brokerages(ApiCall call) {
  CO_TRY(const NamePage page, parse_name_page(call.query));
  const auto all = all_brokerages();
  co_return ApiReply{.body = render_by_name(
                         std::vector<BrokerageInfo>(all.begin(), all.end()), page,
                         [](const BrokerageInfo& brokerage) { return std::string(brokerage.name); },
                         [](const BrokerageInfo& brokerage) { return to_json(brokerage); })};
}

asio::awaitable<Result<ApiReply>> CatalogueRoutes::show_brokerage(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  const auto brokerage = parse_brokerage(call.param("brokerage"));
  if (!brokerage.ok()) {
    co_return make_error(ErrorCode::not_found, brokerage.error().reason, brokerage.error().message);
  }
  co_return ApiReply{.body = json::serialize(to_json(info(*brokerage)))};
}

asio::awaitable<Result<ApiReply>> CatalogueRoutes::list_workers(ApiCall call) {
  CO_TRY(const NamePage page, parse_name_page(call.query));
  CO_TRY(std::vector<WorkerView> workers, co_await workers_.workers());
  for (WorkerView& worker : workers) {
    std::erase_if(worker.groups, [&](const GroupName& group) { return !call.caller.sees(group); });
  }
  co_return ApiReply{.body = render_by_name(
                         std::move(workers), page, [](const WorkerView& worker) { return worker.name.str(); },
                         [](const WorkerView& worker) { return to_json(worker); })};
}

asio::awaitable<Result<ApiReply>> CatalogueRoutes::drain_worker(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  CO_TRY_VOID(parse_empty_request(call.request.body));
  CO_TRY(WorkerName name, worker_of(call));
  CO_TRY_VOID(check_sees_all(call.caller));
  CO_TRY(const WorkerView worker, co_await workers_.drain(std::move(name), call.caller.actor()));
  co_return ApiReply{.body = json::serialize(to_json(worker))};
}

asio::awaitable<Result<ApiReply>> CatalogueRoutes::show_version(ApiCall call) {
  CO_TRY_VOID(refuse_query(call.query));
  co_return ApiReply{.body = json::serialize(json::object{{"version", version_}, {"api", "v1"}})};
}

}  // namespace tradeauto
