#include "http/cors.h"

#include <algorithm>

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::string_view kMethods = "GET, POST, PUT, PATCH, DELETE";
constexpr std::string_view kRequestHeaders =
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, X-Request-Id";
constexpr std::string_view kAnswerHeaders =
    "ETag, Location, Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id";

bool is_origin(std::string_view text) {
  std::string_view rest = text;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (text.starts_with(scheme)) rest.remove_prefix(scheme.size());
  }
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  };
  return rest.size() < text.size() && !rest.empty() && rest.front() != ':' && std::ranges::all_of(rest, good);
}

}  // namespace

bool Cors::knows(std::string_view origin) const {
  return !origin.empty() && std::ranges::find(origins_, origin) != origins_.end();
}

bool Cors::is_preflight(const WireRequest& request) const {
  return request.method == "OPTIONS" && !request.header("access-control-request-method").empty() &&
         knows(request.header("origin"));
}

ApiReply Cors::preflight() const {
  return {.status = 204,
          .content_type = {},
          .headers = {{"Access-Control-Allow-Methods", std::string(kMethods)},
                      {"Access-Control-Allow-Headers", std::string(kRequestHeaders)},
                      {"Access-Control-Max-Age", "600"}},
          .body = {}};
}

void Cors::allow(std::string_view origin, ApiReply& reply) const {
  if (origins_.empty()) return;
  reply.headers.emplace_back("Vary", "Origin");
  if (!knows(origin)) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", std::string(origin));
  reply.headers.emplace_back("Access-Control-Expose-Headers", std::string(kAnswerHeaders));
}

Result<void> check_cors_origins(const std::vector<std::string>& origins) {
  for (const std::string& origin : origins) {
    if (is_origin(origin)) continue;
    return make_error(ErrorCode::unprocessable, "bad_origin",
                      fmt::format("CORS_ORIGINS: \"{}\" is no origin. Write each as a browser does: "
                                  "https://host or https://host:port, in lower case, without a path; no \"*\"",
                                  origin));
  }
  return {};
}

}  // namespace tradeauto
