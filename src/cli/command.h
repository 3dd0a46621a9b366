#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "cli/cli.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/rest_client.h"

namespace tradeauto {

// The flags that every command takes.
struct GlobalFlags {
  std::string output = "table";
  std::string server;
  bool no_headers = false;
  bool quiet = false;
  bool verbose = false;
  bool no_color = false;
  bool no_input = false;
  bool yes = false;
};

// One run of one command: the way to the server and to the person. Lives until the command's coroutine has ended.
class Command {
 public:
  Command(CliContext& context, const GlobalFlags& flags, Interrupt& interrupt)
      : context_(context), flags_(flags), interrupt_(interrupt) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  // Made at the first call, from flags, settings and token file; needs no connection yet.
  // Error: what keeps us from asking at all; a token that cannot be read is `unauthenticated`.
  Result<RestClient*> rest();

  // Messages, one line each. note() is silent with --quiet.
  void note(std::string_view text);
  void warn(std::string_view text);
  // A failure with each faulty field, and whether anything may have been sent.
  void tell(const Error& error);
  // A hint of the server's address that `order wait` and the like need too; empty if they find it by themselves.
  std::string where() const { return flags_.server.empty() ? "" : " --server " + flags_.server; }

  // How data is written, as the flags and stdout have it.
  OutputSettings output_settings() const;
  // Writes data to stdout; `code` is the exit code if that works.
  Result<ExitCode> print(const Rows& rows, ExitCode code = ExitCode::good);
  Result<ExitCode> print_text(std::string_view text, ExitCode code = ExitCode::good);

  // Told at Ctrl-C: what lives on without us.
  void set_farewell(std::string text) { farewell_ = std::move(text); }
  const std::string& farewell() const { return farewell_; }

  bool may_ask() const { return context_.stdin_is_terminal && !flags_.no_input; }
  // Lines on stderr may be drawn anew in place.
  bool may_redraw() const { return context_.stderr_is_terminal && !context_.no_color && !flags_.verbose; }
  CliContext& context() { return context_; }
  const CliContext& context() const { return context_; }
  const GlobalFlags& flags() const { return flags_; }
  const Clock& clock() const { return context_.clock; }
  Interrupt& interrupt() { return interrupt_; }

 private:
  CliContext& context_;
  const GlobalFlags& flags_;
  Interrupt& interrupt_;
  std::optional<RestClient> rest_;
  std::string farewell_;
};

using CommandBody = std::function<asio::awaitable<Result<ExitCode>>(Command&)>;

// Runs `body` to its end on this thread and returns the exit code; tells its error, and at Ctrl-C the farewell.
int run_command(CliContext& context, const GlobalFlags& flags, const CommandBody& body);

}  // namespace tradeauto
