#include "http/page_routes.h"

#include <boost/json/parse.hpp>

#include "http/api_reference.h"
#include "http/html.h"
#include "http/openapi_document.h"
#include "http/problem_catalogue.h"

namespace tradeauto {
namespace {

asio::awaitable<Result<ApiReply>> show_reference(ApiCall) {
  // Rendered once; what it is made of is compiled in.
  static const ApiReply kPage =
      html_page("API reference", render_api_reference(boost::json::parse(openapi_document()).as_object()));
  co_return kPage;
}

asio::awaitable<Result<ApiReply>> show_problem(ApiCall call) {
  const ProblemEntry* entry = find_problem(call.param("code"));
  if (entry == nullptr) co_return make_error(ErrorCode::not_found, "unknown_problem", "no problem has this code");
  co_return problem_page(*entry);
}

}  // namespace

void add_page_routes(RouteTable& routes) {
  routes.add({.method = "GET", .path = "/docs", .scope = {}, .handler = show_reference});
  add_problem_pages(routes);
}

void add_problem_pages(RouteTable& routes) {
  routes.add({.method = "GET", .path = "/problems/{code}", .scope = {}, .handler = show_problem});
}

}  // namespace tradeauto
