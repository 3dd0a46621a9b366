#include "cli/import_run.h"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "cli/import_report.h"
#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// What the server has under a group's name.
struct GroupState {
  bool exists = false;
  std::map<std::string, std::string> brokerages;  // by account
};

// The next call would fail for the same cause.
bool ends_all(const Error& error) {
  switch (error.code) {
    case ErrorCode::unauthenticated:
    case ErrorCode::permission_denied:
    case ErrorCode::unavailable:
    case ErrorCode::deadline_exceeded:
    case ErrorCode::canceled: return true;
    default: return false;
  }
}

std::string sentence_of(const Error& error) {
  std::string text;
  for (const FieldError& field : error.fields) text += (text.empty() ? "" : "; ") + field.detail;
  return text.empty() ? error.message : text;
}

ImportOutcome left(const Error& error) {
  return {.status = ImportStatus::left, .reason = error.reason, .detail = sentence_of(error)};
}

RestCall put_call(std::string target) {
  RestCall call;
  call.method = "PUT";
  call.target = std::move(target);
  call.body.emplace();
  return call;
}

class Importer {
 public:
  Importer(Command& command, RestClient& rest, bool dry_run) : command_(command), rest_(rest) {
    report_.dry_run = dry_run;
  }

  // Error: what ends all of it.
  asio::awaitable<Result<void>> run(std::vector<ImportAccount> accounts);
  const ImportReport& report() const { return report_; }
  // Something may have changed at the server.
  bool has_written() const { return has_written_; }

 private:
  asio::awaitable<Result<ImportOutcome>> look_and_take(ImportAccount account);
  asio::awaitable<Result<ImportOutcome>> take(ImportAccount account, GroupState& group);
  asio::awaitable<Result<GroupState*>> group_of(std::string name);
  asio::awaitable<Result<RestAnswer>> write(RestCall call);

  Command& command_;
  RestClient& rest_;
  ImportReport report_;
  std::map<std::string, GroupState> groups_;
  bool has_written_ = false;
};

std::optional<ImportOutcome> there_already(const ImportAccount& account, const GroupState& group) {
  const auto found = group.brokerages.find(account.account);
  if (found == group.brokerages.end()) return std::nullopt;
  if (found->second == account.brokerage) {
    return ImportOutcome{
        .status = ImportStatus::there_already, .reason = {}, .detail = "stays as it is; its log-in was not compared"};
  }
  return ImportOutcome{.status = ImportStatus::left,
                       .reason = "name_taken",
                       .detail = fmt::format("an account of this name is there, at {}", found->second)};
}

asio::awaitable<Result<void>> Importer::run(std::vector<ImportAccount> accounts) {
  std::optional<Error> end;
  for (ImportAccount& account : accounts) {
    ImportOutcome outcome{.status = ImportStatus::left, .reason = account.left, .detail = account.detail};
    if (account.left.empty() && end) {
      outcome = {.status = ImportStatus::left, .reason = "not_tried", .detail = "the import ended before"};
    } else if (account.left.empty()) {
      const auto taken = co_await look_and_take(account);
      outcome = taken.ok() ? *taken : left(taken.error());
      if (!taken.ok() && ends_all(taken.error())) end = taken.error();
      if (!end && command_.interrupt().fired()) end = make_error(ErrorCode::canceled, "interrupted", "interrupted");
    }
    account.credentials.clear();
    report_.rows.push_back({.account = std::move(account), .outcome = std::move(outcome)});
  }
  if (end) co_return std::move(*end);
  co_return Result<void>{};
}

asio::awaitable<Result<ImportOutcome>> Importer::look_and_take(ImportAccount account) {
  CO_TRY(GroupState * group, co_await group_of(account.group));
  if (auto known = there_already(account, *group)) co_return std::move(*known);
  if (report_.dry_run) {
    if (!std::exchange(group->exists, true)) report_.groups_added.push_back(account.group);
    co_return ImportOutcome{.status = ImportStatus::would_take, .reason = {}, .detail = account.detail};
  }
  auto outcome = co_await take(account, *group);
  if (outcome.ok() || outcome.error().code != ErrorCode::precondition_failed) co_return outcome;
  // Somebody registered one of this name since we looked.
  groups_.erase(account.group);
  CO_TRY(group, co_await group_of(account.group));
  if (auto known = there_already(account, *group)) co_return std::move(*known);
  co_return outcome;
}

asio::awaitable<Result<ImportOutcome>> Importer::take(ImportAccount account, GroupState& group) {
  if (!group.exists) {
    CO_TRY(const RestAnswer made, co_await write(put_call(path_of({"groups", account.group}))));
    group.exists = true;
    if (made.status == 201) report_.groups_added.push_back(account.group);
  }
  RestCall call = put_call(path_of({"groups", account.group, "accounts", account.account}));
  call.headers = {{"If-None-Match", "*"}};
  json::object credentials;
  for (const auto& [name, value] : account.credentials) credentials[name] = value.reveal();
  *call.body = {
      {"brokerage", account.brokerage}, {"credentials", std::move(credentials)}, {"enabled", account.enabled}};
  CO_TRY([[maybe_unused]] const RestAnswer answer, co_await write(std::move(call)));
  group.brokerages[account.account] = account.brokerage;
  command_.set_farewell(fmt::format("interrupted; {} accounts were taken before, the same command takes the rest",
                                    report_.count(ImportStatus::taken) + 1));
  co_return ImportOutcome{.status = ImportStatus::taken, .reason = {}, .detail = account.detail};
}

asio::awaitable<Result<GroupState*>> Importer::group_of(std::string name) {
  if (const auto known = groups_.find(name); known != groups_.end()) co_return &known->second;
  GroupState state;
  const auto list = co_await rest_.list(path_of({"groups", name, "accounts"}), {}, 0);
  if (!list.ok() && list.error().code != ErrorCode::not_found) co_return list.error();
  if (list.ok()) {
    state.exists = true;
    for (const json::value& item : array_of(*list, "items")) {
      const json::object* object = item.if_object();
      if (object != nullptr) state.brokerages[text_of(*object, "name")] = text_of(*object, "brokerage");
    }
  }
  co_return &groups_.insert_or_assign(std::move(name), std::move(state)).first->second;
}

// Ctrl-C lets a call that is on its way come to its answer.
asio::awaitable<Result<RestAnswer>> Importer::write(RestCall call) {
  const Interrupt::Shield shield(command_.interrupt());
  has_written_ = true;
  co_return co_await rest_.call(std::move(call));
}

}  // namespace

asio::awaitable<Result<ExitCode>> import_accounts(Command& command, ImportContents contents, bool dry_run) {
  for (const std::string& note : contents.notes) command.note(readable(note));
  CO_TRY(RestClient * rest, command.rest());
  Importer importer(command, *rest, dry_run);
  command.set_farewell("interrupted; nothing was changed");
  const auto ended = co_await importer.run(std::move(contents.accounts));
  if (!ended.ok() && !importer.has_written()) co_return ended.error();
  const ImportReport& report = importer.report();
  const bool all = report.count(ImportStatus::left) == 0;
  ExitCode code = all ? ExitCode::good : ExitCode::failed_unsent;
  if (!ended.ok()) {
    Error error = ended.error();
    error.effect = Effect::none;  // registering an account reaches no broker, and may be repeated
    code = exit_code_of(error);
  }
  CO_TRY(code, command.print(rows_of(report), code));
  for (const std::string& group : report.groups_added) {
    command.note(fmt::format("group {} {}", group, dry_run ? "would be added" : "added"));
  }
  command.note(summary_of(report) + (dry_run ? "; this was a dry run, nothing was changed" : ""));
  if (report.count(ImportStatus::taken) > 0) command.note("The source still holds these log-ins in clear.");
  if (!ended.ok() && !command.interrupt().fired()) {
    command.warn("error: " + ended.error().message);
    command.warn("Repeat the import to take the rest: what is there already stays as it is.");
  }
  co_return code;
}

}  // namespace tradeauto
