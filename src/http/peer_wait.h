#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <fmt/format.h>

#include "base/result.h"
#include "http/api_message.h"
#include "http/target.h"
#include "net/first_of.h"

namespace tradeauto {

// How long the client wants us to wait (Prefer: wait), as far as we do; nothing if it does not say so.
inline std::optional<std::chrono::seconds> wait_time(const ApiCall& call, std::chrono::seconds longest) {
  const auto seconds = parse_prefer_wait(call.request.header("prefer"));
  if (!seconds) return std::nullopt;
  return std::min(std::chrono::seconds(*seconds), longest);
}
inline void note_waited(ApiReply& reply, std::optional<std::chrono::seconds> waited) {
  if (waited) reply.headers.emplace_back("Preference-Applied", fmt::format("wait={}", waited->count()));
}

// What `task` gives. When waiting for it becomes pointless before, it is cancelled, and gives nothing or an error.
template <typename T>
asio::awaitable<std::optional<Result<T>>> unless_gone(asio::awaitable<Result<T>> task, Peer* peer) {
  return unless(std::move(task), peer->gone());
}

}  // namespace tradeauto
