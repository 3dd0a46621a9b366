#include "http/legacy_api.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/deadline.h"
#include "base/uuid.h"
#include "domain/legacy_credentials.h"
#include "http/authorization.h"
#include "http/browser_guard.h"
#include "http/legacy_outcome.h"
#include "http/legacy_reply.h"
#include "http/legacy_request.h"
#include "http/narrowing.h"
#include "http/order_request.h"
#include "http/peer_wait.h"
#include "http/token_peer.h"
#include "net/timer.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

constexpr std::string_view kNoGroup = "Group dose not exists";  // the original's spelling, which its clients compare
constexpr std::chrono::milliseconds kFirstLook{10};
constexpr std::chrono::milliseconds kLastLook{500};

ApiReply no_group() { return legacy_text(400, kNoGroup); }

ApiReply stub_error(std::string_view why) { return legacy_text(500, fmt::format("Stub error: {}", why)); }

// A refusal of the registry or the ledger in the form of a fault of the request.
ApiReply refused(const Error& error, json::array location, json::value input) {
  LegacyFaults faults;
  faults.add(error.reason, std::move(location), error.message, std::move(input));
  return faults.reply();
}

// Each credential that cannot be one, without its value.
ApiReply bad_credentials(const Error& error) {
  LegacyFaults faults;
  for (const FieldError& field : error.fields) {
    faults.value_error({"body", "cred", field.pointer.substr(field.pointer.rfind('/') + 1)}, field.detail,
                       json::value(kMasked));
  }
  if (faults.empty()) return refused(error, {"body"}, json::value(kMasked));
  return faults.reply();
}

// Where the request says what an order is refused for.
ApiReply refused_order(const Error& error, const OrderRequest& order) {
  if (error.reason == "client_order_id_reused") {
    return refused(error, {"header", "idempotency-key"}, json::value(order.client_order_id.str()));
  }
  if (std::ranges::find(error.fields, "/quantity", &FieldError::pointer) != error.fields.end()) {
    return refused(error, {"query", "amount"}, json::value(order.quantity.to_string()));
  }
  return refused(error, {"query", "group_name"}, json::value(order.group.value_or(GroupName()).str()));
}

// The key of an order for which the client named none.
ClientOrderId key_of(std::string_view request_id) {
  auto id = parse_client_order_id(fmt::format("legacy-{}", request_id));
  if (id.ok()) return std::move(id).value();
  const Digest digest = digest_of({request_id});
  return ClientOrderId("legacy-" + make_uuid_v8(std::span(digest).first<16>()));
}

OrderRequest order_of(const LegacyTransaction& transaction, ClientOrderId key) {
  OrderRequest order;
  order.client_order_id = std::move(key);
  order.group = transaction.group;
  order.side = transaction.side;
  order.quantity = transaction.quantity;
  order.symbols = {transaction.symbol};
  order.dry_run = transaction.dry_run;
  order.canonical = canonical_form(order);
  return order;
}

}  // namespace

std::span<const LegacyApi::Path> LegacyApi::paths() {
  static constexpr std::array<Path, 4> kPaths = {
      {{.name = "createGroup", .scope = Scope::accounts_write, .member = &LegacyApi::create_group},
       {.name = "activate", .scope = Scope::accounts_write, .member = &LegacyApi::activate},
       {.name = "deactivate", .scope = Scope::accounts_write, .member = &LegacyApi::deactivate},
       {.name = "transaction", .scope = Scope::orders_write, .member = &LegacyApi::transact, .once = false}}};
  return kPaths;
}

bool LegacyApi::answers(const std::vector<std::string>& path) const {
  return settings_.on && std::ranges::find(paths(), path.front(), &Path::name) != paths().end();
}

asio::awaitable<ApiReply> LegacyApi::answer(WireRequest request, Target target, Peer& peer, std::string request_id) {
  const std::vector<std::string>& path = target.path;
  if (path.size() == 2 && path.back().empty()) {
    const auto question = request.target.find('?');
    const std::string rest = question == std::string::npos ? std::string() : request.target.substr(question);
    co_return legacy_redirect(fmt::format("/{}{}", path.front(), rest));
  }
  if (path.size() != 1) co_return legacy_detail(404, "Not Found");
  if (request.method != "POST") {
    ApiReply reply = legacy_detail(405, "Method Not Allowed");
    reply.headers.emplace_back("Allow", "POST");
    co_return reply;
  }
  auto caller = who_asks(request);
  if (!caller.ok()) {
    ApiReply reply = legacy_detail(401, "Not authenticated");
    reply.headers.emplace_back("WWW-Authenticate", "Basic");
    co_return reply;
  }
  if (const auto own = check_own_page(request); !own.ok()) co_return legacy_detail(403, own.error().message);
  caller->kind = Actor::Kind::legacy;  // whoever it is, through the original's door
  const Path& asked = *std::ranges::find(paths(), path.front(), &Path::name);
  if (const auto allowed = require(*caller, asked.scope); !allowed.ok()) {
    co_return legacy_detail(403, allowed.error().message);
  }
  TokenPeer holder(peer, needs_.access, *caller);
  Call call{.request = std::move(request),
            .query = std::move(target.query),
            .peer = &holder,
            .request_id = std::move(request_id),
            .caller = std::move(caller).value()};
  if (asked.once) co_return co_await once(asked.member, std::move(call));
  co_return co_await (this->*asked.member)(std::move(call));
}

Result<Caller> LegacyApi::who_asks(const WireRequest& request) const {
  if (!needs_.auth) return anonymous_caller();
  const std::string_view header = request.header("authorization");
  if (const auto token = bearer_token(header)) return needs_.access.who_is(*token);
  if (const auto password = basic_password(header)) return needs_.access.who_is(password->reveal());
  return wrong_token();
}

Result<void> LegacyApi::check_own_page(const WireRequest& request) const {
  // A token in a Bearer header was put there by a program; without AUTH the gateway has looked already.
  if (!needs_.auth || bearer_token(request.header("authorization"))) return {};
  return check_no_borrowed_password(request);
}

asio::awaitable<ApiReply> LegacyApi::once(Member member, Call call) {
  const std::string key(call.request.header("idempotency-key"));
  if (key.empty()) co_return co_await (this->*member)(std::move(call));
  if (const auto good = parse_client_order_id(key); !good.ok()) {
    co_return refused(good.error(), {"header", "idempotency-key"}, json::value(key));
  }
  // A key is its token's own.
  const std::string mine = fmt::format("{}\n{}", call.caller.name, key);
  const auto begun = answers_.begin(mine, digest_of({call.request.target, call.request.body}));
  switch (begun.state) {
    case LegacyAnswers::State::answered: co_return begun.reply.value();
    case LegacyAnswers::State::running:
      co_return legacy_detail(409, "a request with this Idempotency-Key is being answered");
    case LegacyAnswers::State::other_request:
      co_return refused(make_error(ErrorCode::unprocessable, "idempotency_key_reused",
                                   "this Idempotency-Key belongs to another request"),
                        {"header", "idempotency-key"}, json::value(key));
    case LegacyAnswers::State::first: break;
  }
  // A coroutine that is canceled leaves by an exception.
  struct Turn {
    LegacyAnswers& answers;
    const std::string& key;
    bool open = true;
    ~Turn() {
      if (open) answers.abandon(key);
    }
  } turn{answers_, mine};
  ApiReply reply = co_await (this->*member)(std::move(call));
  turn.open = false;
  answers_.finish(mine, reply);
  co_return reply;
}

asio::awaitable<ApiReply> LegacyApi::create_group(Call call) {
  LegacyFaults faults;
  auto name = parse_legacy_group(call.query, faults);
  if (!name) co_return faults.reply();
  if (!call.caller.sees(*name)) co_return no_group();
  const auto put = co_await needs_.accounts.put_group(std::move(*name), call.caller.actor());
  if (!put.ok()) co_return failed("createGroup", put.error());
  co_return put->created ? legacy_text(200, "Group created") : legacy_text(400, "Group already exists");
}

asio::awaitable<ApiReply> LegacyApi::activate(Call call) {
  const SecretString body(std::move(call.request.body));  // first of all: it is wiped whatever comes of it
  LegacyFaults faults;
  auto wanted = parse_legacy_activation(body, call.request.header("content-type"), faults);
  if (!wanted) co_return faults.reply();
  if (!call.caller.sees(wanted->account.group)) co_return no_group();
  const auto served = co_await is_served(wanted->account.group);
  if (!served.ok()) co_return failed("activate", served.error());
  if (!*served) co_return no_group();
  auto credentials = take_legacy_credentials(wanted->brokerage, std::move(wanted->credentials));
  if (!credentials.ok()) co_return stub_error(credentials.error().message);

  auto put =
      co_await needs_.accounts.put_account(std::move(wanted->account), wanted->brokerage,
                                           std::move(credentials).value(), true, std::nullopt, call.caller.actor());
  if (!put.ok()) {
    const Error& error = put.error();
    if (error.code == ErrorCode::unprocessable) co_return bad_credentials(error);
    if (error.code == ErrorCode::conflict) co_return legacy_text(400, error.message);
    co_return failed("activate", error);
  }
  const auto account =
      co_await unless_gone(activated(put->account, Deadline::after(needs_.clock, settings_.longest_run)), call.peer);
  if (!account)
    co_return co_await take_back(std::move(*put), call.caller.actor(), "the client left, or this server stops");
  if (!account->ok()) co_return co_await take_back(std::move(*put), call.caller.actor(), account->error().message);
  if ((*account)->activation == "active") co_return legacy_text(200, "Account created");
  if ((*account)->activation == "pending") {
    co_return co_await take_back(std::move(*put), call.caller.actor(), "the worker did not answer in time");
  }
  co_return co_await take_back(std::move(*put), call.caller.actor(), (*account)->activation_detail);
}

asio::awaitable<ApiReply> LegacyApi::deactivate(Call call) {
  LegacyFaults faults;
  auto ref = parse_legacy_account(call.query, faults);
  if (!ref) co_return faults.reply();
  if (!call.caller.sees(ref->group)) co_return no_group();
  if (const auto group = co_await needs_.accounts.group(ref->group); !group.ok()) {
    co_return failed("deactivate", group.error());
  }
  const auto account = co_await needs_.accounts.set_enabled(std::move(*ref), false, std::nullopt, call.caller.actor());
  if (account.ok()) co_return legacy_outcome(true, nullptr);
  if (account.error().code == ErrorCode::not_found) {
    co_return legacy_outcome(false, json::value(account.error().message));
  }
  co_return failed("deactivate", account.error());
}

asio::awaitable<ApiReply> LegacyApi::transact(Call call) {
  LegacyFaults faults;
  const auto transaction = parse_legacy_transaction(call.query, settings_.default_order, faults);
  const std::string given(call.request.header("idempotency-key"));
  auto key = given.empty() ? Result<ClientOrderId>(key_of(call.request_id)) : parse_client_order_id(given);
  if (!key.ok()) faults.value_error({"header", "idempotency-key"}, key.error().message, json::value(given));
  if (!faults.empty()) co_return faults.reply();
  if (!call.caller.sees(transaction->group)) co_return no_group();

  OrderRequest order = order_of(*transaction, std::move(key).value());
  order.request_id = call.request_id;
  order.by = call.caller.actor();
  claim_key(call.caller, order);
  auto accepted = co_await needs_.orders.create(order);
  if (!accepted.ok()) {
    const Error& error = accepted.error();
    if (error.effect == Effect::maybe) {
      co_return legacy_outcome(
          false, json::value(fmt::format("IN DOUBT, may have been placed, do not repeat: {}", error.message)));
    }
    const bool is_rule = error.code == ErrorCode::unprocessable || error.code == ErrorCode::conflict;
    co_return is_rule ? refused_order(error, order) : failed("transaction", error);
  }
  const auto settled = co_await unless_gone(
      needs_.orders.wait(accepted->order.id, Deadline::after(needs_.clock, settings_.longest_run)), call.peer);
  if (settled && settled->ok()) co_return legacy_order_outcome(settled->value());
  // It is on disk, and what has become of it since cannot be told: as open as it was accepted, unless it can be read.
  const auto present = co_await needs_.orders.get(accepted->order.id);
  co_return legacy_order_outcome(present.ok() ? *present : accepted->order);
}

asio::awaitable<Result<bool>> LegacyApi::is_served(GroupName group) {
  const Deadline deadline = Deadline::after(needs_.clock, settings_.worker_time);
  while (true) {
    CO_TRY(const GroupView view, co_await needs_.accounts.group(group));
    if (view.worker) co_return true;
    if (deadline.over(needs_.clock)) co_return false;
    co_await sleep_for(needs_.clock, kFirstLook);
  }
}

asio::awaitable<Result<AccountView>> LegacyApi::activated(AccountView account, Deadline deadline) {
  const std::uint64_t version = account.version;
  std::chrono::milliseconds pause = kFirstLook;
  while (account.activation == "pending" && !deadline.over(needs_.clock)) {
    co_await sleep_for(needs_.clock, pause);
    pause = std::min(2 * pause, kLastLook);
    CO_TRY(account, co_await needs_.accounts.account(account.ref));
    if (account.version != version) {
      co_return make_error(ErrorCode::conflict, "version_changed", "another request changed the account meanwhile");
    }
  }
  co_return account;
}

asio::awaitable<ApiReply> LegacyApi::take_back(AccountApi::PutAccount put, Actor by, std::string why) {
  const AccountView& account = put.account;
  auto outcome = co_await needs_.accounts.set_enabled(account.ref, false, account.version, by);
  const bool changed = !outcome.ok() && (outcome.error().code == ErrorCode::precondition_failed ||
                                         outcome.error().code == ErrorCode::not_found);
  if (!outcome.ok() && !changed) {
    needs_.log.error(
        "an account whose activation failed cannot be disabled",
        {{"group", account.ref.group}, {"account", account.ref.account}, {"why", outcome.error().message}});
    why += fmt::format("; and the account could not be disabled: {}", outcome.error().message);
  }
  // One that has orders already cannot go; disabled it does no harm.
  if (outcome.ok() && put.created) (void)co_await needs_.accounts.delete_account(account.ref, by);
  co_return stub_error(why);
}

ApiReply LegacyApi::failed(std::string_view what, const Error& error) const {
  if (error.code == ErrorCode::not_found) return no_group();
  needs_.log.error("a legacy request failed",
                   {{"request", what}, {"reason", error.reason}, {"message", error.message}});
  return stub_error(error.message);
}

}  // namespace tradeauto
