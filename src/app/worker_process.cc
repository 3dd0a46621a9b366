#include "app/worker_process.h"

#include <unistd.h>

#include <array>
#include <utility>

#include <fmt/format.h>

#include "app/tls_files.h"
#include "crypto/secret_file.h"
#include "domain/names.h"
#include "executors/autorsa/autorsa_executor.h"
#include "executors/paper/paper_executor.h"
#include "net/address.h"
#include "rpc/auto_connector.h"
#include "store/journal/open_journal.h"

namespace tradeauto {
namespace {

// File reads and executors' blocking work; none of it is long.
constexpr std::size_t kPoolThreads = 2;

Result<WorkerName> worker_name(const Settings& settings, const JournalId& journal) {
  if (const std::string& given = settings.text("WORKER_NAME"); !given.empty()) {
    auto name = parse_worker_name(given);
    if (!name.ok()) {
      return make_error(ErrorCode::invalid_argument, "bad_worker_name",
                        fmt::format("WORKER_NAME = \"{}\": {}", given, name.error().message));
    }
    return name;
  }
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host.fill('\0');
  std::string text;
  for (const char c : std::string_view(host.data())) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    if (fits && (c != '-' || !text.empty()) && text.size() < 40) text += c;
  }
  // A journal's id differs from every other's, so two workers on one machine do too.
  return parse_worker_name(
      fmt::format("{}-{}", text.empty() ? "worker" : text, journal.str().substr(journal.str().size() - 6)));
}

}  // namespace

asio::awaitable<Result<void>> WorkerProcess::start() {
  CO_TRY_VOID(open_tls());
  CO_TRY_VOID(open_files());
  CO_TRY_VOID(make_connectors());
  CO_TRY(auto executors, make_executors());
  std::vector<GroupName> groups;
  for (const std::string& text : parts_.context.settings.list("WORKER_GROUPS")) {
    auto group = parse_group_name(text);
    if (!group.ok()) {
      co_return make_error(ErrorCode::invalid_argument, "bad_worker_groups",
                           fmt::format("WORKER_GROUPS: \"{}\": {}", text, group.error().message));
    }
    groups.push_back(std::move(*group));
  }
  worker_ = std::make_unique<Worker>(
      WorkerSettings{.name = name_, .version = parts_.context.version, .only_groups = std::move(groups)},
      Worker::Needs{.journal = *journal_,
                    .connector = *connector_,
                    .executors = std::move(executors),
                    .clock = parts_.clock,
                    .rng = parts_.rng,
                    .log = parts_.log.for_room("worker").with({"worker", name_}),
                    .executor = parts_.executor,
                    .probe = &figures_});
  CO_TRY_VOID(open_http());
  worker_->start();
  co_return Result<void>();
}

// Beside a main server of this process there is no need of it.
Result<void> WorkerProcess::open_http() {
  const Settings& settings = parts_.context.settings;
  if (own_main_ || settings.origin("HTTP_PORT") == SettingOrigin::built_in) return {};
  HealthServerSettings http;
  http.host = settings.text("HTTP_HOST");
  http.port = settings.port("HTTP_PORT");
  http.version = parts_.context.version;
  TRY_VOID(check_plaintext("HTTP_HOST", http.host, settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK")));
  if (!is_loopback(http.host)) {
    TRY(http.metrics_token, read_token_file(token_path(settings, parts_.context.environment), "TOKEN_FILE"));
  }
  const std::string host = http.host;
  auto server = std::make_unique<HealthServer>(std::move(http), HealthServer::Needs{.worker = *worker_,
                                                                                    .clock = parts_.clock,
                                                                                    .rng = parts_.rng,
                                                                                    .log = parts_.log.for_room("http"),
                                                                                    .executor = parts_.executor,
                                                                                    .figures = &figures_});
  TRY(const std::uint16_t port, server->start());
  http_ = std::move(server);
  TRY(http_endpoint_, join_address("HTTP_HOST", host, port));
  return write_http_address(parts_.paths.worker_http_address, {.host = host, .port = port, .fingerprint = {}});
}

Result<void> WorkerProcess::open_files() {
  TRY(directory_, DataDir::open(parts_.paths.worker_dir, "DATA_DIR"));
  TRY(journal_, open_journal(parts_.paths.worker_dir, parts_.clock, parts_.rng, parts_.log));
  TRY(name_, worker_name(parts_.context.settings, journal_->position().id));
  pool_ = std::make_unique<BlockingPool>("worker", kPoolThreads);
  return {};
}

Result<void> WorkerProcess::open_tls() {
  if (own_main_) return {};
  TRY(std::optional<TlsFiles> files, read_worker_tls(parts_.context.settings, parts_.clock.now()));
  if (!files) return {};
  if (parts_.context.settings.text("WORKER_PROTOCOL") == "legacy") {
    return make_error(ErrorCode::unprocessable, "legacy_has_no_tls",
                      "TLS_CA_FILE and WORKER_PROTOCOL=legacy: an original main server speaks no TLS. Take TLS_CA_FILE "
                      "away, or set WORKER_PROTOCOL=session");
  }
  tls_ = std::make_shared<TlsSource>(std::move(files->material));
  return {};
}

Result<void> WorkerProcess::reload(const Settings& settings) {
  if (own_main_) return {};
  TRY(std::optional<TlsFiles> files, read_worker_tls(settings, parts_.clock.now()));
  if (files.has_value() != (tls_ != nullptr)) {
    return make_error(ErrorCode::unprocessable, "tls_needs_restart",
                      "TLS_CA_FILE: to begin or to end with TLS, start this process again");
  }
  if (files) tls_->replace(std::move(files->material));
  return {};
}

Result<void> WorkerProcess::make_connectors() {
  const std::string& protocol = parts_.context.settings.text("WORKER_PROTOCOL");
  // Where TLS is wanted nothing else is tried: an original main server has none.
  if (own_main_ || tls_ || protocol == "session") {
    TRY_VOID(make_session_connector(false));
    connector_ = session_connector_.get();
    return {};
  }
  TRY_VOID(make_legacy_connector());
  if (protocol == "legacy") {
    TRY(task_fetcher_, legacy_connector_->listen());
    connector_ = legacy_connector_.get();
    return {};
  }
  TRY_VOID(make_session_connector(true));
  auto_connector_ = std::make_unique<AutoConnector>(*session_connector_, *legacy_connector_);
  connector_ = auto_connector_.get();
  return {};
}

// `may_lack_token`: an original main has none to give; ours refuses the worker then, and the error says what to do.
Result<void> WorkerProcess::make_session_connector(bool may_lack_token) {
  const Settings& settings = parts_.context.settings;
  SessionConnectorSettings connector;
  connector.tls = tls_;
  std::function<Result<SecretString>()> token;
  if (own_main_) {
    connector.host = "127.0.0.1";
    connector.port = own_main_->grpc_port;
    token = [token = own_main_->token]() -> Result<SecretString> { return token; };
  } else {
    connector.host = settings.text("MAIN_SERVER_HOST");
    connector.port = settings.port("MAIN_SERVER_PORT");
    const bool may_reach = tls_ || settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK");
    TRY_VOID(check_plaintext("MAIN_SERVER_HOST", connector.host, may_reach));
    // Read anew for each session: the file may come, or change, while the worker waits.
    token = [path = token_path(settings, parts_.context.environment), may_lack_token] {
      auto read = read_token_file(path, "TOKEN_FILE");
      return read.ok() || !may_lack_token ? std::move(read) : Result<SecretString>(SecretString());
    };
  }
  SessionServer* own_main = own_main_ ? own_main_->in_process : nullptr;
  session_connector_ = std::make_unique<SessionConnector>(
      connector, SessionConnector::Needs{.token = std::move(token),
                                         .pool = *pool_,
                                         .clock = parts_.clock,
                                         .log = parts_.log.for_room("rpc").with({"worker", name_}),
                                         .executor = parts_.executor,
                                         .own_main = own_main});
  return {};
}

Result<void> WorkerProcess::make_legacy_connector() {
  const Settings& settings = parts_.context.settings;
  LegacyConnectorSettings connector;
  connector.host = settings.text("MAIN_SERVER_HOST");
  connector.port = settings.port("MAIN_SERVER_PORT");
  connector.listen_host = settings.text("TASK_FETCHER_HOST");
  connector.listen_port = settings.port("TASK_FETCHER_PORT");
  connector.allow = settings.list("LEGACY_ALLOW");
  connector.start_within = settings.seconds("ORDER_DEADLINE_SECONDS");
  connector.run_for = settings.seconds("EXECUTION_SECONDS");
  connector.browser_run_for = settings.seconds("BROWSER_EXECUTION_SECONDS");
  TRY_VOID(check_plaintext("MAIN_SERVER_HOST", connector.host, settings.is_on("ALLOW_PLAINTEXT_BEYOND_LOOPBACK")));
  if (!is_loopback(connector.listen_host)) {
    parts_.log.warn("an original main's tasks, log-ins among them, come in clear from beyond this machine",
                    {{"TASK_FETCHER_HOST", connector.listen_host}});
  } else if (!is_loopback(connector.host)) {
    parts_.log.warn("an original main on another machine cannot call back to loopback; set TASK_FETCHER_HOST",
                    {{"MAIN_SERVER_HOST", connector.host}, {"TASK_FETCHER_HOST", connector.listen_host}});
  }
  legacy_connector_ = std::make_unique<LegacyConnector>(
      connector, LegacyConnector::Needs{.journal = *journal_,
                                        .pool = *pool_,
                                        .clock = parts_.clock,
                                        .rng = parts_.rng,
                                        .log = parts_.log.for_room("rpc").with({"worker", name_}),
                                        .executor = parts_.executor});
  return {};
}

Result<std::vector<NamedExecutor>> WorkerProcess::make_executors() {
  const Settings& settings = parts_.context.settings;
  std::vector<NamedExecutor> executors;
  PaperSettings paper;
  paper.dir = parts_.paths.paper_dir;
  paper.runs_dir = parts_.paths.worker_dir / "paper";
  if (const std::string& prices = settings.text("PAPER_PRICES_FILE"); !prices.empty()) paper.prices_file = prices;
  paper.seed = static_cast<std::uint64_t>(settings.number("PAPER_SEED"));
  paper.allow_crash = settings.is_on("PAPER_ALLOW_CRASH");
  paper.version = parts_.context.version;
  TRY(auto paper_executor, make_paper_executor(std::move(paper), parts_.clock, parts_.executor,
                                               parts_.log.for_room("paper").with({"worker", name_})));
  executors.push_back({.name = "paper", .executor = std::move(paper_executor)});

  AutorsaSettings autorsa;
  autorsa.dir = parts_.paths.autorsa_dir;
  autorsa.command = settings.text("AUTORSA_COMMAND");
  autorsa.supervisor = parts_.context.executable.parent_path() / "tradeauto-supervisor";
  for (const std::string& name : settings.list("AUTORSA_PASS_ENV")) {
    const auto it = parts_.context.environment.find(name);
    if (it != parts_.context.environment.end()) autorsa.pass_environment.insert(*it);
  }
  executors.push_back({.name = "autorsa",
                       .executor = make_autorsa_executor(std::move(autorsa), parts_.clock, parts_.executor,
                                                         parts_.log.for_room("autorsa").with({"worker", name_}))});
  return executors;
}

asio::awaitable<void> WorkerProcess::stop(Deadline deadline) {
  std::error_code gone;
  if (http_) std::filesystem::remove(parts_.paths.worker_http_address, gone);
  if (worker_) co_await worker_->stop(deadline);
  if (http_) co_await http_->stop(deadline);
  if (session_connector_) co_await session_connector_->stop(deadline);
  if (legacy_connector_) co_await legacy_connector_->stop(deadline);
  http_.reset();
  worker_.reset();
  auto_connector_.reset();
  session_connector_.reset();
  legacy_connector_.reset();
  pool_.reset();
  journal_.reset();
}

}  // namespace tradeauto
