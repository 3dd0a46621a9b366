#include "app/main_process.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "app/open_store.h"
#include "app/tls_files.h"
#include "crypto/crypto.h"
#include "crypto/secret_file.h"
#include "http/cors.h"
#include "net/address.h"
#include "net/run_on.h"

namespace tradeauto {
namespace {

MainServerSettings server_settings(const Settings& settings) {
  MainServerSettings out;
  out.orders.order_deadline = settings.seconds("ORDER_DEADLINE_SECONDS");
  out.router.lease = settings.seconds("LEASE_SECONDS");
  out.router.run_for = settings.seconds("EXECUTION_SECONDS");
  out.router.browser_run_for = settings.seconds("BROWSER_EXECUTION_SECONDS");
  out.holdings = {.turn_within = out.orders.order_deadline,
                  .ask_for = out.router.run_for,
                  .browser_ask_for = out.router.browser_run_for};
  return out;
}

// Who joins is sent log-ins, of whatever group.
bool may_join(AccessApi& access, std::string_view token) {
  const auto caller = access.who_is(token);
  return caller.ok() && caller->may(Scope::workers_join) && caller->groups.empty();
}

LegacyApiSettings legacy_api_settings(const Settings& settings) {
  const std::string& on = settings.text("LEGACY_API");
  LegacyApiSettings out;
  out.on = on == "on" || (on == "auto" && is_loopback(settings.text("HTTP_HOST")));
  out.default_order = settings.is_on("LEGACY_DEFAULT_ORDER");
  out.longest_run = std::max(settings.seconds("EXECUTION_SECONDS"), settings.seconds("BROWSER_EXECUTION_SECONDS"));
  return out;
}

// A renewal that is due is told while there is time.
constexpr std::chrono::days kExpiresSoon{14};

// Before anything is opened. Workers' sessions show their token whatever AUTH says: who joins is sent log-ins.
Result<void> check_auth(const Settings& settings) {
  const std::string& host = settings.text("HTTP_HOST");
  if (settings.is_on("AUTH") || is_loopback(host)) return {};
  return make_error(ErrorCode::unprocessable, "auth_off_beyond_loopback",
                    fmt::format("AUTH=off needs a loopback HTTP_HOST, and HTTP_HOST={} reaches beyond this machine: "
                                "everybody there could trade. Set HTTP_HOST=127.0.0.1, or AUTH=on",
                                host));
}

}  // namespace

asio::awaitable<Result<void>> MainProcess::start() {
  CO_TRY_VOID(check_auth(parts_.context.settings));
  CO_TRY_VOID(open_tls());
  CO_TRY_VOID(open_files());
  CO_TRY_VOID(co_await server_->start());
  CO_TRY_VOID(open_sessions());
  CO_TRY_VOID(open_http());
  co_return write_address();
}

Result<void> MainProcess::open_files() {
  const Settings& settings = parts_.context.settings;
  TRY(data_dir_, DataDir::open(parts_.paths.data_dir, "DATA_DIR"));
  TRY(const SecretString key, read_or_create_secret_file(parts_.paths.master_key, "MASTER_KEY_FILE",
                                                         [this] { return MasterKey::generate(parts_.rng).bytes(); }));
  TRY(MasterKey master_key, MasterKey::from_bytes(key));
  TRY_VOID(read_or_create_secret_file(parts_.paths.admin_token, "DATA_DIR", [this] { return make_token(parts_.rng); }));
  TRY(token_, read_token_file(parts_.paths.admin_token, "DATA_DIR"));
  // A store that cannot write ends the process at once: what is not on disk must not be acted on.
  TRY(store_, open_store(settings, parts_.paths, parts_.clock, parts_.rng, [log = parts_.log](const Error& error) {
        log.error("the store cannot be written: this process ends", {{"setting", "STORE"}, {"message", error.message}});
        ::_exit(kExitIo);
      }));
  server_ = std::make_unique<MainServer>(server_settings(settings), MainServer::Needs{.store = *store_,
                                                                                      .key = std::move(master_key),
                                                                                      .clock = parts_.clock,
                                                                                      .rng = parts_.rng,
                                                                                      .log = parts_.log,
                                                                                      .executor = parts_.executor,
                                                                                      .probe = &figures_,
                                                                                      .administrator = token_});
  return {};
}

Result<void> MainProcess::open_tls() {
  TRY(std::optional<TlsFiles> files, read_main_tls(parts_.context.settings, parts_.clock.now()));
  if (!files) return {};
  if (files->facts.not_after - parts_.clock.now() < kExpiresSoon) {
    parts_.log.warn("the certificate expires soon; renew it, and send SIGHUP",
                    {{"setting", "TLS_CERT_FILE"}, {"expires", to_rfc3339(files->facts.not_after)}});
  }
  fingerprint_ = files->facts.fingerprint;
  tls_ = std::make_shared<TlsSource>(std::move(files->material));
  return {};
}

Result<void> MainProcess::reload(const Settings& settings) {
  TRY(std::optional<TlsFiles> files, read_main_tls(settings, parts_.clock.now()));
  const bool asks = tls_ && !tls_->current()->authorities.empty();
  if (files.has_value() != speaks_tls() || (files && files->material.authorities.empty() == asks)) {
    return make_error(ErrorCode::unprocessable, "tls_needs_restart",
                      "TLS_CERT_FILE, TLS_CA_FILE: to begin or to end with TLS, or with asking workers for "
                      "certificates, start this process again");
  }
  if (!files) return {};
  fingerprint_ = files->facts.fingerprint;
  tls_->replace(std::move(files->material));
  return write_address();
}

OwnMain MainProcess::as_own() const {
  return {.grpc_port = grpc_port_, .in_process = tls_ ? sessions_.get() : nullptr, .token = token_};
}

Result<void> MainProcess::write_address() const {
  const std::string& host = parts_.context.settings.text("HTTP_HOST");
  return write_http_address(parts_.paths.http_address, {.host = host, .port = http_port_, .fingerprint = fingerprint_});
}

Result<void> MainProcess::open_sessions() {
  const Settings& settings = parts_.context.settings;
  const std::string& grpc_host = settings.text("GRPC_HOST");
  SessionServerSettings sessions;
  sessions.host = grpc_host;
  sessions.port = settings.port("GRPC_PORT");
  sessions.tls = tls_;
  sessions.allow_plaintext_beyond_loopback = settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK");
  const std::string& legacy_workers = settings.text("LEGACY_WORKERS");
  if (tls_ && legacy_workers == "on") {
    parts_.log.warn("original workers speak no TLS: none can reach this main server",
                    {{"setting", "LEGACY_WORKERS"}, {"because", "TLS_CERT_FILE"}});
  }
  if (!tls_ && (legacy_workers == "on" || (legacy_workers == "auto" && is_loopback(grpc_host)))) {
    sessions.legacy_peers = settings.list("LEGACY_ALLOW");
  }
  auto session_server = std::make_unique<SessionServer>(
      sessions,
      SessionServer::Needs{.sessions = server_->sessions(),
                           .may_join = [this](std::string_view token) { return may_join(server_->access(), token); },
                           .clock = parts_.clock,
                           .rng = parts_.rng,
                           .log = parts_.log.for_room("rpc"),
                           .executor = parts_.executor});
  TRY(grpc_port_, session_server->start());
  sessions_ = std::move(session_server);
  TRY(grpc_endpoint_, join_address("GRPC_HOST", grpc_host, grpc_port_));
  return {};
}

Result<void> MainProcess::open_http() {
  const Settings& settings = parts_.context.settings;
  const std::string& http_host = settings.text("HTTP_HOST");
  TRY_VOID(check_plaintext("HTTP_HOST", http_host, tls_ || settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK")));
  HttpServerSettings http;
  http.host = http_host;
  http.port = settings.port("HTTP_PORT");
  http.version = parts_.context.version;
  http.legacy = legacy_api_settings(settings);
  http.auth = settings.is_on("AUTH");
  http.open_metrics = is_loopback(http_host);
  http.rate_per_minute = static_cast<std::uint32_t>(settings.number("RATE_LIMIT_PER_MINUTE"));
  http.cors_origins = settings.list("CORS_ORIGINS");
  TRY_VOID(check_cors_origins(http.cors_origins));
  http.tls = tls_;
  auto http_server = std::make_unique<HttpServer>(std::move(http), HttpServer::Needs{.orders = server_->orders(),
                                                                                     .accounts = server_->accounts(),
                                                                                     .workers = server_->workers(),
                                                                                     .holdings = server_->holdings(),
                                                                                     .events = server_->events(),
                                                                                     .access = server_->access(),
                                                                                     .clock = parts_.clock,
                                                                                     .rng = parts_.rng,
                                                                                     .log = parts_.log.for_room("http"),
                                                                                     .executor = parts_.executor,
                                                                                     .figures = &figures_});
  TRY(http_port_, http_server->start());
  http_ = std::move(http_server);
  TRY(http_endpoint_, join_address("HTTP_HOST", http_host, http_port_));
  if (!settings.is_on("AUTH")) {
    parts_.log.warn("AUTH is off: every process and every user of this machine may trade and read, without a token",
                    {{"http", http_endpoint_}});
  }
  return {};
}

void MainProcess::set_ready(bool ready) {
  if (http_) http_->set_ready(ready);
}

asio::awaitable<void> MainProcess::stop(Deadline deadline) {
  std::error_code gone;
  if (http_) std::filesystem::remove(parts_.paths.http_address, gone);
  // No new requests first; then the workers' sessions, so that what they still report is taken; then the rest.
  if (http_) co_await http_->stop(deadline);
  if (sessions_) co_await sessions_->stop(deadline);
  if (server_) co_await server_->stop();
  http_.reset();
  sessions_.reset();
  server_.reset();
  store_.reset();
}

}  // namespace tradeauto
