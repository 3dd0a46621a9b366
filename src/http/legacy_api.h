#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "http/api_message.h"
#include "http/legacy_answers.h"
#include "http/legacy_api_settings.h"
#include "http/target.h"
#include "ports/access.h"
#include "ports/order_api.h"

namespace tradeauto {

// The REST of the original main: its four paths, its words, its statuses (reference/legacy-contract.md).
// Strand: none; calls overlap.
class LegacyApi {
 public:
  struct Needs {
    OrderApi& orders;
    AccountApi& accounts;
    const Clock& clock;
    Logger log;
    AccessApi& access;
    bool auth = true;
  };
  LegacyApi(LegacyApiSettings settings, Needs needs) : settings_(settings), needs_(std::move(needs)) {}

  bool is_on() const { return settings_.on; }
  // Is this a path of the original, or one below it?
  bool answers(const std::vector<std::string>& path) const;
  // `peer` outlives the answer.
  asio::awaitable<ApiReply> answer(WireRequest request, Target target, Peer& peer, std::string request_id);

 private:
  struct Call {
    WireRequest request;
    NameValues query;
    Peer* peer = nullptr;
    std::string request_id;
    Caller caller;
  };
  using Member = asio::awaitable<ApiReply> (LegacyApi::*)(Call);
  struct Path {
    std::string_view name;
    Scope scope;
    Member member;
    bool once = true;  // repeats are told apart here, not in the ledger
  };

  static std::span<const Path> paths();
  Result<Caller> who_asks(const WireRequest& request) const;
  Result<void> check_own_page(const WireRequest& request) const;
  // Runs the request once for each Idempotency-Key.
  asio::awaitable<ApiReply> once(Member member, Call call);
  asio::awaitable<ApiReply> create_group(Call call);
  asio::awaitable<ApiReply> activate(Call call);
  asio::awaitable<ApiReply> deactivate(Call call);
  asio::awaitable<ApiReply> transact(Call call);

  // A worker serves the group; waits a moment for one.
  asio::awaitable<Result<bool>> is_served(GroupName group);
  // The worker's answer to this version of the account, or nothing within the time.
  asio::awaitable<Result<AccountView>> activated(AccountView account, Deadline deadline);
  // Takes back what was registered, unless somebody has changed it since. The reason why is told in any case.
  asio::awaitable<ApiReply> take_back(AccountApi::PutAccount put, Actor by, std::string why);
  ApiReply failed(std::string_view what, const Error& error) const;

  const LegacyApiSettings settings_;
  const Needs needs_;
  LegacyAnswers answers_;
};

}  // namespace tradeauto
