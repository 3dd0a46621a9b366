#include "cli/command.h"

#include <exception>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/json_text.h"
#include "net/address.h"

namespace tradeauto {
namespace {

asio::awaitable<void> keep(asio::awaitable<Result<ExitCode>> task, std::optional<Result<ExitCode>>* out) {
  out->emplace(co_await std::move(task));
}

// "/symbols/0" names a field of the request; a person knows it as symbols.
std::string field_name(std::string_view pointer) {
  if (pointer.starts_with('/')) pointer.remove_prefix(1);
  return printable(pointer);
}

}  // namespace

Result<RestClient*> Command::rest() {
  if (!rest_) {
    TRY(ServerAddress server, flags_.server.empty() ? context_.server() : parse_server(flags_.server));
    if (!flags_.server.empty() && server.tls && context_.tls) {
      TRY(server.tls, context_.tls());
    }
    auto token = context_.token();
    if (!token.ok()) {
      const ErrorCode code = token.error().code;
      if (code != ErrorCode::invalid_argument) token.error().code = ErrorCode::unauthenticated;
      // Where no server ever started there is no token either: that there is no server says more.
      if (code != ErrorCode::not_found) return std::move(token).error();
    }
    RestClientSettings settings{
        .server = std::move(server), .token = std::move(token), .version = context_.version, .trace = nullptr};
    if (!settings.server.tls && !is_loopback(settings.server.host)) {
      warn(fmt::format("warning: what goes to {} travels in clear, the token too", settings.server.host));
    }
    if (flags_.verbose) settings.trace = [this](const std::string& line) { warn(line); };
    rest_.emplace(std::move(settings), context_.clock);
  }
  return &*rest_;
}

// stderr is the last resort: that it cannot be written can be told nowhere.
void Command::warn(std::string_view text) { static_cast<void>(write_all(context_.err, printable(text) + "\n").ok()); }

void Command::note(std::string_view text) {
  if (!flags_.quiet) warn(text);
}

void Command::tell(const Error& error) {
  warn("error: " + error.message);
  for (const FieldError& field : error.fields) {
    const bool told = error.message.find(field.detail) != std::string::npos;
    if (!told) warn(fmt::format("  {}: {}", field_name(field.pointer), field.detail));
  }
  if (error.effect == Effect::maybe) {
    warn("It may have been sent: do not simply repeat it.");
  } else if (error.code == ErrorCode::unavailable) {
    warn("Nothing was sent.");
  }
}

OutputSettings Command::output_settings() const {
  return {.format = parse_output_format(flags_.output).value_or(OutputFormat::table),
          .headers = !flags_.no_headers,
          .color = context_.stdout_is_terminal && !context_.no_color && !flags_.no_color,
          .width = context_.stdout_is_terminal ? context_.terminal_width : 0};
}

Result<ExitCode> Command::print(const Rows& rows, ExitCode code) {
  const OutputSettings settings = output_settings();
  auto printed = print_text(render(rows, settings), code);
  if (const auto titles = left_out(rows, settings); !titles.empty()) {
    note(fmt::format("(no room here for {}: -o json has it, or a wider terminal)", fmt::join(titles, ", ")));
  }
  return printed;
}

Result<ExitCode> Command::print_text(std::string_view text, ExitCode code) {
  auto written = write_all(context_.out, text);
  if (written.ok()) return code;
  warn("error: " + written.error().message);
  // What became of the order says more than a full disk.
  return code == ExitCode::good ? ExitCode::io_failed : code;
}

int run_command(CliContext& context, const GlobalFlags& flags, const CommandBody& body) {
  asio::io_context io(1);
  Interrupt interrupt(io);
  Command command(context, flags, interrupt);
  std::optional<Result<ExitCode>> result;
  std::exception_ptr failure;
  asio::co_spawn(io, keep(body(command), &result),
                 asio::bind_cancellation_slot(interrupt.slot(), [&](std::exception_ptr error) {
                   failure = std::move(error);
                   interrupt.close();
                 }));
  io.run();
  if (interrupt.fired()) {
    command.warn(command.farewell().empty() ? "interrupted; nothing was sent" : command.farewell());
    return static_cast<int>(ExitCode::interrupted);
  }
  if (failure) std::rethrow_exception(failure);
  if (result->ok()) return static_cast<int>(result->value());
  command.tell(result->error());
  return static_cast<int>(exit_code_of(result->error()));
}

}  // namespace tradeauto
