#pragma once

#include <utility>

#include "http/api_message.h"
#include "net/first_of.h"
#include "ports/access.h"

namespace tradeauto {

// A client that is as good as gone once its token is revoked or expires: nothing waits on its behalf any more.
class TokenPeer final : public Peer {
 public:
  // Both outlive it.
  TokenPeer(Peer& client, AccessApi& access, Caller caller)
      : client_(client), access_(access), caller_(std::move(caller)) {}

  asio::awaitable<void> gone() override { return first_of(client_.gone(), access_.ended(caller_)); }

 private:
  Peer& client_;
  AccessApi& access_;
  const Caller caller_;
};

}  // namespace tradeauto
