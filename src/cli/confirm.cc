#include "cli/confirm.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/input.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

// The end of the input is no answer, and no answer is no.
asio::awaitable<Result<std::string>> ask(Command& command, std::string question) {
  CO_TRY_VOID(write_all(command.context().err, printable(question)));
  auto line = co_await read_line(command.context().input);
  if (!line.ok() && line.error().reason == "end_of_input") co_return std::string();
  co_return line;
}

}  // namespace

asio::awaitable<Result<bool>> confirm_order(Command& command, std::vector<std::string> plan, std::string word,
                                            std::optional<std::string> given) {
  if (given) {
    if (*given == word) {
      for (const std::string& line : plan) command.note(line);
      co_return true;
    }
    co_return make_error(
        ErrorCode::invalid_argument, "not_confirmed",
        fmt::format("--confirm \"{}\" is not the group of this order (\"{}\"); nothing was sent", *given, word));
  }
  if (!command.may_ask()) {
    co_return make_error(
        ErrorCode::invalid_argument, "not_confirmed",
        fmt::format(
            "this is a live order: confirm it with --confirm \"{}\", or rehearse it with --dry-run; nothing was sent",
            word));
  }
  for (const std::string& line : plan) command.warn(line);
  CO_TRY(const std::string answer,
         co_await ask(command, fmt::format("This is a live order. Type {} to place it: ", word)));
  if (answer == word) co_return true;
  command.warn("declined; nothing was sent");
  co_return false;
}

asio::awaitable<Result<bool>> confirm(Command& command, std::string question) {
  if (command.flags().yes) co_return true;
  if (!command.may_ask()) {
    co_return make_error(ErrorCode::invalid_argument, "not_confirmed",
                         question + " Answer with -y; nothing was changed");
  }
  CO_TRY(const std::string answer, co_await ask(command, question + " [y/N] "));
  if (answer == "y" || answer == "Y" || answer == "yes") co_return true;
  command.warn("declined; nothing was changed");
  co_return false;
}

}  // namespace tradeauto
