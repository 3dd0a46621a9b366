#include "http/request_handler.h"

#include <algorithm>

#include "base/uuid.h"
#include "http/problem.h"

namespace tradeauto {
namespace {

constexpr std::size_t kRequestIdLength = 128;

}  // namespace

std::string request_id_of(const WireRequest& request, const Clock& clock, Rng& rng) {
  const std::string_view given = request.header("x-request-id");
  const bool good = !given.empty() && given.size() <= kRequestIdLength &&
                    std::ranges::all_of(given, [](char c) { return c >= ' ' && c <= '~'; });
  return good ? std::string(given) : make_uuid_v7(clock, rng);
}

ApiReply refuse_request(unsigned status, const Error& error, const Clock& clock, Rng& rng, const Logger& log) {
  const std::string request_id = make_uuid_v7(clock, rng);
  ApiReply reply = problem(status, error, {.instance = {}, .request_id = request_id});
  reply.headers.emplace_back(kRequestIdHeader, request_id);
  log.debug("request refused", {{"status", status}, {"why", error.message}, {"request_id", request_id}});
  return reply;
}

}  // namespace tradeauto
