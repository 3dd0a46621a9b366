#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

using Handler = std::function<asio::awaitable<Result<ApiReply>>(ApiCall)>;

// What any token opens, whatever its scopes.
inline constexpr std::string_view kAnyScope = "any";

// One row of the table of routes.
struct Route {
  std::string_view method;
  std::string_view path;   // template: "/v1/groups/{group}"; static text
  std::string_view scope;  // what a token needs; kAnyScope; empty: no token is asked for
  Handler handler;
};

class RouteTable {
 public:
  void add(Route route);

  // Filled before the first request, and only read after it.
  const std::vector<Route>& all() const { return routes_; }

  struct Match {
    const Route* route = nullptr;  // none: look at `allow`
    NameValues params;
    std::string allow;  // methods that the path does know; empty: no such path
  };
  // HEAD finds the route of GET.
  Match find(std::string_view method, const std::vector<std::string>& path) const;

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> templates_;
};

}  // namespace tradeauto
