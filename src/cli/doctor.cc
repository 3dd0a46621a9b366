#include "cli/doctor.h"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/command_set.h"
#include "cli/help.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;
using Status = Check::Status;
using std::chrono::seconds;

// Deadlines travel as time left, so that only what people read and what expires suffers.
constexpr seconds kClocksDiffer{5};
constexpr seconds kClocksAreWrong{300};

std::string_view to_string(Status status) {
  switch (status) {
    case Status::ok: return "ok";
    case Status::warn: return "warn";
    case Status::fail: return "fail";
  }
  return "fail";
}

// Of an HTTP date, "Sun, 06 Nov 1994 08:49:37 GMT".
std::optional<Timestamp> parse_http_date(const std::string& text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::size_t kSize = 29;
  if (text.size() != kSize) return std::nullopt;
  const std::string_view name = std::string_view(text).substr(8, 3);
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (kMonths.at(month) != name) continue;
    const auto time = parse_rfc3339(
        fmt::format("{}-{:02}-{}T{}Z", text.substr(12, 4), month + 1, text.substr(5, 2), text.substr(17, 8)));
    if (time.ok()) return *time;
  }
  return std::nullopt;
}

Check server_failed(const Error& error) {
  Check check{.name = "server", .status = Status::fail, .detail = error.message, .remedy = {}};
  switch (error.code) {
    case ErrorCode::unavailable: check.remedy = "start one (tradeauto up), or name it with --server HOST:PORT"; break;
    case ErrorCode::unauthenticated:
    case ErrorCode::permission_denied:
      check.remedy = "name the file of a good token with --token-file (tradeauto token create makes one)";
      break;
    default: check.remedy = "see: tradeauto config validate"; break;
  }
  return check;
}

Check version_check(const std::string& ours, const RestAnswer& answer) {
  const json::object* object = answer.body.if_object();
  const std::string theirs = object == nullptr ? std::string() : text_of(*object, "version");
  if (theirs == ours) return {.name = "server", .detail = fmt::format("it answers; version {}, as this program", ours)};
  return {.name = "server",
          .status = Status::warn,
          .detail = fmt::format("it has version {}, and this program {}", theirs, ours),
          .remedy = "bring both to the same version"};
}

Check clock_check(Timestamp ours, const RestAnswer& answer) {
  const auto theirs = parse_http_date(answer.date);
  if (!theirs) return {.name = "server clock", .detail = "the server did not tell its time"};
  const auto apart = std::chrono::abs(std::chrono::floor<seconds>(ours) - std::chrono::floor<seconds>(*theirs));
  if (apart <= kClocksDiffer) return {.name = "server clock", .detail = "it agrees with this machine's"};
  return {.name = "server clock",
          .status = apart > kClocksAreWrong ? Status::fail : Status::warn,
          .detail = fmt::format("it is {} s apart from this machine's", apart.count()),
          .remedy = "set both by a time server (systemd-timesyncd, chrony)"};
}

Check workers_check(const json::object& list) {
  std::vector<std::string> names;
  std::size_t lost = 0;
  for (const json::value& item : array_of(list, "items")) {
    const json::object* worker = item.if_object();
    if (worker == nullptr) continue;
    if (text_of(*worker, "state") == "lost") {
      ++lost;
    } else {
      names.push_back(text_of(*worker, "name"));
    }
  }
  if (names.empty()) {
    return {.name = "workers",
            .status = Status::fail,
            .detail = "none is connected: an order would wait, and expire at its deadline",
            .remedy = "start one: tradeauto worker (tradeauto up has one in it)"};
  }
  std::string detail = fmt::format("connected: {}", fmt::join(names, ", "));
  if (lost == 0) return {.name = "workers", .detail = std::move(detail)};
  return {.name = "workers",
          .status = Status::warn,
          .detail = fmt::format("{}; lost: {}", detail, lost),
          .remedy = "see: tradeauto worker list"};
}

Rows rows_of(const std::vector<Check>& checks) {
  Rows rows;
  json::array items;
  for (const Check& check : checks) {
    json::object item{{"check", check.name},
                      {"status", to_string(check.status)},
                      {"detail", check.detail},
                      {"remedy", check.remedy.empty() ? json::value(nullptr) : json::value(check.remedy)}};
    rows.items.push_back(item);
    items.push_back(std::move(item));
    rows.names.push_back(check.name);
  }
  rows.json = json::object{{"items", std::move(items)}};
  rows.columns = {member("CHECK", "check"), member("STATUS", "status"), member("DETAIL", "detail", Fit::wraps),
                  member("REMEDY", "remedy", Fit::wraps)};
  rows.columns[1].is_status = true;
  return rows;
}

RestCall get(std::string target) {
  RestCall call;
  call.target = std::move(target);
  return call;
}

asio::awaitable<std::vector<Check>> server_checks(Command& command) {
  std::vector<Check> checks;
  auto rest = command.rest();
  if (!rest.ok()) {
    checks.push_back(server_failed(rest.error()));
    co_return checks;
  }
  const auto version = co_await (*rest)->call(get(path_of({"version"})));
  if (!version.ok()) {
    checks.push_back(server_failed(version.error()));
    co_return checks;
  }
  checks.push_back(version_check(command.context().version, *version));
  checks.push_back(clock_check(command.clock().now(), *version));
  const auto ready = co_await (*rest)->call(get("/readyz"));
  checks.push_back(ready.ok() ? Check{.name = "ready", .detail = "it takes orders"}
                              : Check{.name = "ready",
                                      .status = Status::fail,
                                      .detail = ready.error().message,
                                      .remedy = "its log says why; it may still be starting"});
  const auto workers = co_await (*rest)->list(path_of({"workers"}), {}, 0);
  checks.push_back(workers.ok() ? workers_check(*workers)
                                : Check{.name = "workers",
                                        .status = Status::warn,
                                        .detail = workers.error().message,
                                        .remedy = "a token with the scope accounts:read may look"});
  co_return checks;
}

asio::awaitable<Result<ExitCode>> repair_journal(Command& command) {
  CO_TRY(const std::string done, command.context().repair_journal());
  co_return command.print_text(done + "\n");
}

}  // namespace

asio::awaitable<Result<ExitCode>> diagnose(Command& command) {
  std::vector<Check> checks;
  if (command.context().local_checks) checks = command.context().local_checks();
  for (Check& check : co_await server_checks(command)) checks.push_back(std::move(check));
  std::size_t failed = 0;
  std::size_t warned = 0;
  for (const Check& check : checks) {
    if (check.status == Status::fail) ++failed;
    if (check.status == Status::warn) ++warned;
  }
  const auto printed = command.print(rows_of(checks), failed > 0 ? ExitCode::failed_unsent : ExitCode::good);
  command.note(fmt::format("{} checks: {} failed, {} warnings", checks.size(), failed, warned));
  co_return printed;
}

void add_doctor_command(const CommandSet& set) {
  CLI::App& doctor = add_verb(set.root, "doctor", "looks at your set-up, and says what to do about what is wrong",
                              "tradeauto doctor\n"
                              "tradeauto doctor --server https://main.example:8000 --token-file my.token\n"
                              "tradeauto doctor -o json || echo \"something failed\"");
  set_footer(doctor, "Exit codes: 0 nothing failed; 1 something did. Warnings count as well.");
  const auto repairs = std::make_shared<bool>(false);
  doctor.add_flag("--repair-journal", *repairs,
                  "instead: make this machine's damaged journal usable again. A copy is kept; what was under way is in "
                  "doubt then");
  run_on(set, doctor, [repairs](Command& command) { return *repairs ? repair_journal(command) : diagnose(command); });
}

}  // namespace tradeauto
