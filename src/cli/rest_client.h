#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/deadline.h"
#include "base/result.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "net/http_client.h"

namespace tradeauto {

namespace asio = boost::asio;

// One REST call. `target` is already encoded (path_of, query_of).
struct RestCall {
  std::string method = "GET";
  std::string target;
  std::optional<boost::json::object> body;
  std::vector<std::pair<std::string, std::string>> headers;  // besides ours
  std::chrono::seconds prefer_wait{0};                       // how long the server may hold its answer (Prefer: wait)
};

struct RestAnswer {
  unsigned status = 0;
  boost::json::value body;  // null when there is none (204)
  std::string date = {};    // the server's clock, as HTTP says it
};

struct RestClientSettings {
  ServerAddress server;
  Result<SecretString> token;                     // its error is told only if a server answers that it wants one
  std::string version;                            // of this program, for User-Agent
  std::function<void(const std::string&)> trace;  // called with one line per call, if set
};

// Speaks REST v1 to one main server. Strand: none; several calls at once on one thread.
class RestClient {
 public:
  RestClient(RestClientSettings settings, const Clock& clock);

  // Any 2xx is an answer. Failure: what the server's problem document says, else unavailable.
  // Effect: `maybe` when a call that changes something may have arrived and its outcome is not known; a GET is always
  // `none`.
  asio::awaitable<Result<RestAnswer>> call(RestCall call);

  // The same for an event stream, which the caller reads as it comes. Failure too when the answer is no event stream.
  asio::awaitable<Result<std::unique_ptr<HttpStream>>> open_events(RestCall call);

  // The first `limit` items of a list, page by page, as one answer {"items": […], "next_cursor": …, and what else
  // the last page tells}; 0: all of them.
  asio::awaitable<Result<boost::json::object>> list(std::string target,
                                                    std::vector<std::pair<std::string, std::string>> filters,
                                                    std::size_t limit);

  // "127.0.0.1:8000"
  std::string address() const;

 private:
  HttpRequest request_of(const RestCall& call, std::string_view accept) const;
  void trace(const RestCall& call, std::optional<int> status, BootTime start) const;
  Error unreachable(Error error, const RestCall& call) const;
  Error refusal(const HttpResponse& answer, bool is_read) const;

  const RestClientSettings settings_;
  const Clock& clock_;
  HttpClient http_;
};

// "/v1/groups/my%20group": each piece percent-encoded.
std::string path_of(const std::vector<std::string>& pieces);
// "?a=1&b=2" of those that are not empty; empty if none is.
std::string query_of(const std::vector<std::pair<std::string, std::string>>& parameters);

// What an answer that is not 2xx means. Pure.
Error error_of_answer(unsigned status, std::string_view body, bool is_read);

// `HOST:PORT`, `[::1]:8000`, `http://HOST[:PORT]` or `https://HOST[:PORT]`; only the last has `tls`, which trusts whom
// the system trusts. Error: invalid_argument that names the flag.
Result<ServerAddress> parse_server(std::string_view text);

}  // namespace tradeauto
