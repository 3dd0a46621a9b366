#include "http/browser_guard.h"

#include <algorithm>
#include <string>

#include "http/ascii.h"
#include "net/address.h"

namespace tradeauto {
namespace {

// "localhost:8000", "127.0.0.1", "[::1]:8000". The port may be another one: a tunnel leads here.
bool is_loopback_authority(std::string_view authority) {
  const auto end = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const auto colon = authority.find(':', end == std::string_view::npos ? 0 : end);
  if (colon != std::string_view::npos) {
    const std::string_view port = authority.substr(colon + 1);
    if (!std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; })) return false;
    authority = authority.substr(0, colon);
  }
  return is_loopback(lower(authority));
}

// The authority of a target in absolute form, which counts before Host; empty for one in origin form.
std::string_view authority_of(std::string_view target) {
  const auto scheme = target.find("://");
  if (target.starts_with('/') || scheme == std::string_view::npos) return {};
  const std::string_view rest = target.substr(scheme + 3);
  return rest.substr(0, rest.find_first_of("/?"));
}

bool changes_nothing(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

bool another_site_changes(const WireRequest& request) {
  const std::string_view site = request.header("sec-fetch-site");
  return !site.empty() && site != "same-origin" && site != "none" && !changes_nothing(request.method);
}

Error foreign(std::string reason, std::string message) {
  return make_error(ErrorCode::permission_denied, std::move(reason), std::move(message));
}

}  // namespace

Result<void> check_no_foreign_page(const WireRequest& request) {
  const std::string_view host = request.header("host");
  const std::string_view authority = authority_of(request.target);
  if (!is_loopback_authority(host) || (!authority.empty() && !is_loopback_authority(authority))) {
    return foreign("foreign_host",
                   "while AUTH is off this server answers as localhost, 127.0.0.1 or [::1] only: the Host header names "
                   "another");
  }
  const std::string_view origin = request.header("origin");
  if (!origin.empty() && lower(origin) != "http://" + lower(host)) {
    return foreign("foreign_origin", "while AUTH is off no web page of another origin is answered");
  }
  if (another_site_changes(request)) {
    return foreign("foreign_origin", "while AUTH is off no web page of another site may change anything");
  }
  return {};
}

Result<void> check_no_borrowed_password(const WireRequest& request) {
  const std::string_view origin = request.header("origin");
  const std::string host = lower(request.header("host"));
  const bool is_own = origin.empty() || lower(origin) == "http://" + host || lower(origin) == "https://" + host;
  if (is_own && !another_site_changes(request)) return {};
  return foreign("foreign_origin", "a web page of another origin does not get the password that a browser remembers");
}

}  // namespace tradeauto
