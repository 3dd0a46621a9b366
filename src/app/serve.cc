#include "app/serve.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <fmt/format.h>

#include "app/demo.h"
#include "app/main_process.h"
#include "app/process_signals.h"
#include "app/say.h"
#include "app/worker_process.h"
#include "net/pool.h"
#include "net/task_group.h"

namespace tradeauto {
namespace {

// How long running work may take to end after SIGTERM; what has not ended is in doubt until the next start. Farewells
// and the end of what is cut off take up to two seconds more: after ten, container managers kill.
constexpr std::chrono::seconds kDrain{8};
constexpr int kStartFailed = 1;

LogLevel log_level(const ServeRequest& request, const Settings& settings) {
  // The demo tells a story; the log would talk over it.
  if (request.demo && settings.origin("LOG_LEVEL") == SettingOrigin::built_in) return LogLevel::warn;
  const std::string& level = settings.text("LOG_LEVEL");
  if (level == "debug") return LogLevel::debug;
  if (level == "warn") return LogLevel::warn;
  return level == "error" ? LogLevel::error : LogLevel::info;
}

LogFormat log_format(const ServeContext& context) {
  const std::string& format = context.settings.text("LOG_FORMAT");
  if (format == "auto") return context.stdout_is_terminal ? LogFormat::text : LogFormat::json;
  return format == "json" ? LogFormat::json : LogFormat::text;
}

// What a user types to start this program again.
std::string command_of(const std::filesystem::path& executable) {
  std::error_code failed;
  const auto relative = std::filesystem::relative(executable, failed);
  const std::string text = failed ? executable.string() : relative.string();
  return text.starts_with("..") ? executable.string() : text;
}

// One run of the servers, from start to drain.
class ServerRun {
 public:
  ServerRun(ServeRequest request, const ServeContext& context, asio::any_io_executor executor)
      : request_(request),
        context_(context),
        stop_signal_(executor),
        reload_signal_(executor),
        paths_(data_paths(context.settings, context.environment)),
        log_sink_(log_format(context), log_level(request, context.settings)),
        parts_{.context = context_,
               .paths = paths_,
               .clock = clock_,
               .rng = rng_,
               .log = Logger(log_sink_, "app"),
               .executor = executor},
        beside_(asio::make_strand(executor)) {}

  asio::awaitable<void> run() {
    const auto started = co_await start();
    if (started.ok()) {
      say_ready();
      beside_.spawn(reload_when_told());
      start_demo();
      co_await serve_until_told();
    } else {
      say(stderr, fmt::format("error: {}\n", started.error().message));
      exit_code_ = kStartFailed;
    }
    co_await stop();
  }
  int exit_code() const { return exit_code_; }

 private:
  asio::awaitable<Result<void>> start() {
    if (request_.main) {
      main_.emplace(parts_);
      CO_TRY_VOID(co_await main_->start());
    }
    if (request_.worker) {
      std::optional<OwnMain> own;
      if (main_) own = main_->as_own();
      worker_.emplace(parts_, std::move(own));
      CO_TRY_VOID(co_await worker_->start());
    }
    if (main_) main_->set_ready(true);
    co_return Result<void>();
  }

  void say_ready() {
    std::vector<LogField> fields;
    if (main_) {
      fields.emplace_back("http", main_->http_endpoint());
      fields.emplace_back("grpc", main_->grpc_endpoint());
      if (main_->speaks_tls()) fields.emplace_back("tls", "on");
      if (!context_.settings.is_on("AUTH")) fields.emplace_back("auth", "off");
    }
    if (worker_) fields.emplace_back("worker", worker_->name().str());
    if (worker_ && !worker_->http_endpoint().empty()) fields.emplace_back("http", worker_->http_endpoint());
    if (worker_ && !worker_->task_fetcher().empty()) fields.emplace_back("task_fetcher", worker_->task_fetcher());
    fields.emplace_back("data_dir", paths_.data_dir.string());
    log_sink_.ready(fields);
  }

  void start_demo() {
    if (!request_.demo) return;
    beside_.spawn(run_demo({.orders = main_->server().orders(),
                            .accounts = main_->server().accounts(),
                            .clock = clock_,
                            .data_dir = paths_.data_dir,
                            .token_file = paths_.admin_token,
                            .http = (main_->speaks_tls() ? "https://" : "http://") + main_->http_endpoint(),
                            .auth = context_.settings.is_on("AUTH"),
                            .command = command_of(context_.executable),
                            .is_default = paths_.data_dir == default_data_dir(context_.environment)}));
  }
  asio::awaitable<void> serve_until_told() {
    using namespace asio::experimental::awaitable_operators;
    std::string why;
    if (worker_) {
      const auto first = co_await (stop_signal_.wait() || worker_->failed());
      if (first.index() == 0) {
        why = std::get<0>(first);
      } else {
        why = "the journal cannot be written";
        exit_code_ = kExitIo;
      }
    } else {
      why = co_await stop_signal_.wait();
    }
    parts_.log.info("stopping", {{"why", why}});
  }

  asio::awaitable<void> reload_when_told() {
    while (true) {
      co_await reload_signal_.wait();
      if (context_.stdout_is_terminal && ::isatty(STDOUT_FILENO) == 0) {
        // Not a person's wish: the terminal was closed, and whoever ran this in it is gone.
        std::raise(SIGTERM);
        continue;
      }
      BlockingPool pool("reload", 1);
      co_await pool.run([this] {
        reload();
        return true;
      });
    }
  }

  void reload() {
    const auto settings = context_.read_settings();
    if (!settings.ok()) {
      const auto tell = [this](std::string_view key, const std::string& message) {
        parts_.log.error("SIGHUP: the settings are not good; the old ones stay",
                         {{"setting", key}, {"message", message}});
      };
      for (const FieldError& field : settings.error().fields) tell(field.pointer, field.detail);
      if (settings.error().fields.empty()) tell("--config", settings.error().message);
      return;
    }
    log_sink_.set_level(log_level(request_, *settings));
    Result<void> done;
    if (main_) done = main_->reload(*settings);
    if (worker_ && done.ok()) done = worker_->reload(*settings);
    if (done.ok()) {
      parts_.log.info("SIGHUP: settings are read anew", {{"LOG_LEVEL", settings->text("LOG_LEVEL")}});
    } else {
      parts_.log.error("SIGHUP: the certificates are not good; the old ones stay", {{"message", done.error().message}});
    }
  }

  asio::awaitable<void> stop() {
    const Deadline deadline = Deadline::after(clock_, kDrain);
    beside_.cancel();
    co_await beside_.join();
    if (main_) main_->set_ready(false);
    if (worker_) co_await worker_->stop(deadline);
    if (main_) co_await main_->stop(deadline);
    parts_.log.info("stopped");
  }

  const ServeRequest request_;
  const ServeContext& context_;
  StopSignal stop_signal_;
  ReloadSignal reload_signal_;
  const DataPaths paths_;
  SystemClock clock_;
  SystemRng rng_;
  StdoutLog log_sink_;
  ProcessParts parts_;
  std::optional<MainProcess> main_;
  std::optional<WorkerProcess> worker_;
  int exit_code_ = 0;
  TaskGroup beside_;
};

}  // namespace

int serve(ServeRequest request, const ServeContext& context) {
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  asio::io_context io(static_cast<int>(threads));
  ServerRun run(request, context, io.get_executor());
  // On a strand, for it waits and is cancelled: beside another thread a wake-up could come before the wait.
  asio::co_spawn(asio::make_strand(io), run.run(), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&io] { io.run(); });
  io.run();
  others.clear();
  return run.exit_code();
}

}  // namespace tradeauto
