#include "cli/rest_client.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"
#include "net/address.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kAnswerTime{10};
constexpr std::uint16_t kDefaultPort = 8000;
constexpr std::size_t kPage = 500;
constexpr std::string_view kEventStream = "text/event-stream";
constexpr std::size_t kLongestRefusal = std::size_t{64} << 10;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

ErrorCode code_of_status(unsigned status) {
  switch (status) {
    case 400:
    case 405:
    case 415: return ErrorCode::invalid_argument;
    case 401: return ErrorCode::unauthenticated;
    case 403: return ErrorCode::permission_denied;
    case 404: return ErrorCode::not_found;
    case 409: return ErrorCode::conflict;
    case 412: return ErrorCode::precondition_failed;
    case 413: return ErrorCode::too_large;
    case 422: return ErrorCode::unprocessable;
    case 429: return ErrorCode::resource_exhausted;
    case 502:
    case 503:
    case 504: return ErrorCode::unavailable;
    default: return ErrorCode::internal;
  }
}

Effect effect_of(const json::object& problem, unsigned status) {
  const std::string sent = text_of(problem, "sent");
  if (sent == "no") return Effect::none;
  if (!sent.empty()) return Effect::maybe;
  return status >= 500 ? Effect::maybe : Effect::none;
}

}  // namespace

Error error_of_answer(unsigned status, std::string_view body, bool is_read) {
  Error error = make_error(code_of_status(status), "unexpected_answer", {});
  boost::system::error_code bad;
  const json::value parsed = json::parse(body, bad);
  const json::object* problem = bad ? nullptr : parsed.if_object();
  if (problem == nullptr || !problem->contains("title")) {
    error.message = fmt::format("the server answered {} without saying why; is it a tradeauto main server?", status);
    error.effect = status >= 500 && !is_read ? Effect::maybe : Effect::none;
    return error;
  }
  const std::string detail = text_of(*problem, "detail");
  error.message = text_of(*problem, "title");
  if (!detail.empty() && detail != error.message) error.message += ": " + detail;
  error.reason = text_of(*problem, "code");
  error.effect = is_read ? Effect::none : effect_of(*problem, status);
  for (const json::value& item : array_of(*problem, "errors")) {
    const json::object* field = item.if_object();
    if (field == nullptr) continue;
    error.fields.push_back(
        {.pointer = text_of(*field, "pointer"), .code = text_of(*field, "code"), .detail = text_of(*field, "detail")});
  }
  return error;
}

RestClient::RestClient(RestClientSettings settings, const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      http_(settings_.server.host, settings_.server.port, clock, settings_.server.tls) {}

std::string RestClient::address() const {
  const bool ipv6 = settings_.server.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", settings_.server.host, ipv6 ? "]" : "", settings_.server.port);
}

Error RestClient::unreachable(Error error, const RestCall& call) const {
  if (error.code == ErrorCode::canceled) return error;
  if (call.method == "GET") error.effect = Effect::none;
  // A time-out here is the server's silence, not an order that is still working.
  error.code = ErrorCode::unavailable;
  error.message = fmt::format("no answer from the main server at {}: {}", address(), error.message);
  return error;
}

HttpRequest RestClient::request_of(const RestCall& call, std::string_view accept) const {
  HttpRequest request;
  request.method = call.method;
  request.target = call.target;
  request.headers = {{"Accept", std::string(accept)}, {"User-Agent", fmt::format("tradeauto/{}", settings_.version)}};
  if (settings_.token.ok()) {
    request.headers.emplace_back("Authorization", fmt::format("Bearer {}", settings_.token->reveal()));
  }
  if (call.prefer_wait.count() > 0) {
    request.headers.emplace_back("Prefer", fmt::format("wait={}", call.prefer_wait.count()));
  }
  request.headers.insert(request.headers.end(), call.headers.begin(), call.headers.end());
  if (call.body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json::serialize(*call.body);
  }
  return request;
}

void RestClient::trace(const RestCall& call, std::optional<int> status, BootTime start) const {
  if (!settings_.trace) return;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.boot_now() - start);
  settings_.trace(fmt::format("{} {} {} ({} ms)", call.method, call.target,
                              status ? std::to_string(*status) : "no answer", took.count()));
}

Error RestClient::refusal(const HttpResponse& answer, bool is_read) const {
  if (answer.status == 401 && !settings_.token.ok()) return settings_.token.error();
  return error_of_answer(static_cast<unsigned>(answer.status), answer.body, is_read);
}

asio::awaitable<Result<RestAnswer>> RestClient::call(RestCall call) {
  const BootTime start = clock_.boot_now();
  const bool is_read = call.method == "GET";
  auto answer = co_await http_.request(request_of(call, "application/json, application/problem+json"),
                                       Deadline::after(clock_, kAnswerTime + call.prefer_wait));
  trace(call, answer.ok() ? std::optional(answer->status) : std::nullopt, start);
  if (!answer.ok()) co_return unreachable(std::move(answer).error(), call);
  if (answer->status < 200 || answer->status >= 300) co_return refusal(*answer, is_read);
  RestAnswer result{.status = static_cast<unsigned>(answer->status), .body = nullptr};
  for (const auto& [name, value] : answer->headers) {
    if (name == "Date") result.date = value;
  }
  if (!answer->body.empty()) {
    boost::system::error_code bad;
    result.body = json::parse(answer->body, bad);
    if (bad) co_return error_of_answer(500, answer->body, is_read);
  }
  co_return result;
}

asio::awaitable<Result<std::unique_ptr<HttpStream>>> RestClient::open_events(RestCall call) {
  const BootTime start = clock_.boot_now();
  const Deadline deadline = Deadline::after(clock_, kAnswerTime);
  auto stream = co_await http_.open(request_of(call, kEventStream), deadline);
  trace(call, stream.ok() ? std::optional((*stream)->status()) : std::nullopt, start);
  if (!stream.ok()) co_return unreachable(std::move(stream).error(), call);
  HttpStream& opened = **stream;
  if (opened.status() == 200 && opened.header("content-type").starts_with(kEventStream)) co_return stream;
  HttpResponse answer{.status = opened.status(), .headers = {}, .body = {}};
  while (answer.body.size() < kLongestRefusal) {
    const auto piece = co_await opened.read(deadline);
    if (!piece.ok() || piece->empty()) break;  // its status says enough
    answer.body += *piece;
  }
  if (answer.status < 200 || answer.status >= 300) co_return refusal(answer, true);
  co_return make_error(ErrorCode::internal, "unexpected_answer",
                       "the server's answer is no event stream; is it a tradeauto main server?");
}

asio::awaitable<Result<json::object>> RestClient::list(std::string target,
                                                       std::vector<std::pair<std::string, std::string>> filters,
                                                       std::size_t limit) {
  json::object list;
  json::array items;
  std::string cursor;
  do {
    const std::size_t wanted = limit == 0 ? kPage : std::min(kPage, limit - items.size());
    auto parameters = filters;
    parameters.emplace_back("limit", std::to_string(wanted));
    parameters.emplace_back("cursor", cursor);
    RestCall page;
    page.target = target + query_of(parameters);
    CO_TRY(const RestAnswer answer, co_await call(std::move(page)));
    const json::object* object = answer.body.if_object();
    if (object == nullptr || !object->contains("items")) co_return error_of_answer(answer.status, "", true);
    for (const json::value& item : array_of(*object, "items")) items.push_back(item);
    std::string next = text_of(*object, "next_cursor");
    if (next == cursor) next.clear();  // a server that gives the same page for ever
    cursor = std::move(next);
    list = *object;
  } while (!cursor.empty() && (limit == 0 || items.size() < limit));
  list["items"] = std::move(items);
  list["next_cursor"] = cursor.empty() ? json::value(nullptr) : json::value(cursor);
  co_return list;
}

std::string path_of(const std::vector<std::string>& pieces) {
  std::string path = "/v1";
  for (const std::string& piece : pieces) path += "/" + percent_encoded(piece);
  return path;
}

std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!value.empty()) query += fmt::format("{}{}={}", query.empty() ? '?' : '&', name, percent_encoded(value));
  }
  return query;
}

Result<ServerAddress> parse_server(std::string_view text) {
  const auto wrong = [text](std::string_view why) {
    return make_error(
        ErrorCode::invalid_argument, "bad_server",
        fmt::format("--server \"{}\": {}; allowed are HOST:PORT, http://HOST:PORT and https://HOST:PORT", text, why));
  };
  std::string_view rest = text;
  const bool tls = rest.starts_with("https://");
  if (tls) rest.remove_prefix(8);
  if (!tls && rest.starts_with("http://")) rest.remove_prefix(7);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/@?# ") != std::string_view::npos) return wrong("it is more than a host and a port");
  ServerAddress server{.host = {}, .port = kDefaultPort};
  if (tls) server.tls.emplace();
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  server.host = std::string(bare_host(rest.substr(0, colon)));
  if (server.host.empty()) return wrong("the host is missing");
  if (colon != std::string_view::npos) {
    const std::string_view digits = rest.substr(colon + 1);
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), server.port);
    if (bad != std::errc{} || end != digits.data() + digits.size() || server.port == 0) {
      return wrong("the port is no number from 1 to 65535");
    }
  }
  return server;
}

}  // namespace tradeauto
