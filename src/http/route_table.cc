#include "http/route_table.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tradeauto {
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  path.remove_prefix(1);
  while (true) {
    const auto slash = path.find('/');
    parts.emplace_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

std::optional<NameValues> match(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  NameValues params;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const std::string& part = pattern[i];
    if (part.starts_with('{')) {
      params.emplace_back(part.substr(1, part.size() - 2), path[i]);
    } else if (part != path[i]) {
      return std::nullopt;
    }
  }
  return params;
}

}  // namespace

void RouteTable::add(Route route) {
  templates_.push_back(split(route.path));
  routes_.push_back(std::move(route));
}

RouteTable::Match RouteTable::find(std::string_view method, const std::vector<std::string>& path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  // The path that says most is meant: /v1/orders/preview is no order called preview.
  std::size_t fewest = path.size();
  for (const auto& pattern : templates_) {
    if (const auto params = match(pattern, path)) fewest = std::min(fewest, params->size());
  }
  Match found;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    auto params = match(templates_[i], path);
    if (!params || params->size() != fewest) continue;
    if (routes_[i].method == wanted) return {.route = &routes_[i], .params = std::move(*params), .allow = {}};
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += routes_[i].method;
    if (routes_[i].method == "GET") found.allow += ", HEAD";
  }
  return found;
}

}  // namespace tradeauto
