#include "app/import_autorsa.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/import_dotenv.h"
#include "app/import_judge.h"
#include "cli/suggest.h"
#include "domain/names.h"
#include "executors/autorsa/cli_words.h"

namespace tradeauto {
namespace {

// Variables that keep a brokerage's buys to some sub-accounts.
struct Limit {
  std::string_view variable;
  Brokerage brokerage;
};
constexpr std::array kLimits = {Limit{"SCHWAB_ACCOUNT_NUMBERS", Brokerage::schwab},
                                Limit{"VG_ACCOUNT_NUMBERS", Brokerage::vanguard}};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view without_blanks_before(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n\f\v");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

std::optional<Brokerage> brokerage_of(std::string_view variable) {
  for (const BrokerageInfo& each : all_brokerages()) {
    if (each.brokerage != Brokerage::paper && cli_variable(each.brokerage) == variable) return each.brokerage;
  }
  return std::nullopt;
}

// The variable that was probably meant; a brokerage's name is near to its own variable.
std::string meant(std::string_view name) {
  std::vector<std::string> known;
  for (const BrokerageInfo& each : all_brokerages()) {
    if (each.brokerage != Brokerage::paper) known.emplace_back(cli_variable(each.brokerage));
  }
  std::string upper(name);
  std::ranges::transform(upper, upper.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (upper == "PUBLIC") return std::string(cli_variable(Brokerage::public_));
  return nearest(upper, known);
}

std::string shape_of(const BrokerageInfo& brokerage) {
  std::string shape;
  for (const CredentialField& field : brokerage.fields) {
    shape += fmt::format("{}{}{}", field.optional ? "[" : "", shape.empty() ? "" : ":", field.name);
    if (field.optional) shape += "]";
  }
  return shape;
}

// The fields in the CLI's order. Nothing if there are more than the brokerage takes.
std::optional<Credentials> fields_of(const BrokerageInfo& brokerage, std::string_view login) {
  Credentials credentials;
  const auto parts = brokerage.fields.size() == 1 ? std::vector{login} : split(login, ':');
  if (parts.size() > brokerage.fields.size()) return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const CredentialField& field = brokerage.fields[i];
    if (parts[i].empty() && field.optional) continue;
    std::string value(parts[i]);
    // The CLI takes any text there for yes; who wrote a word of no did not mean that.
    if (field.name == "DEBUG") value = value == "False" || value == "false" || value == "FALSE" ? "false" : "true";
    credentials.set(std::string(field.name), SecretString(std::move(value)));
  }
  return credentials;
}

class EnvImport {
 public:
  explicit EnvImport(std::string group) : group_(std::move(group)) {}

  ImportContents run(std::vector<DotenvEntry> entries) {
    for (const DotenvEntry& entry : entries) last_[entry.name] = entry.line;
    for (const DotenvEntry& entry : entries) find_limit(entry);
    for (const DotenvEntry& entry : entries) take(entry);
    if (!others_.empty()) {
      out_.notes.push_back(fmt::format("no log-ins, so not taken: the variables in line {}", others_));
    }
    return std::move(out_);
  }

 private:
  ImportAccount& add(std::string origin) {
    ImportAccount& item = out_.accounts.emplace_back();
    item.origin = std::move(origin);
    return item;
  }

  void find_limit(const DotenvEntry& entry) {
    const auto* const limit = std::ranges::find(kLimits, std::string_view(entry.name), &Limit::variable);
    if (limit == kLimits.end() || entry.value.empty()) return;
    limited_[limit->brokerage] = limit->variable;
    leave(add(entry.name), "cannot_limit",
          fmt::format("an order reaches every sub-account of a log-in, so {}'s accounts come disabled",
                      to_string(limit->brokerage)));
  }

  void take(const DotenvEntry& entry) {
    if (!entry.readable) {
      return leave(add(fmt::format("line {}", entry.line)), "unreadable_line",
                   "it cannot be read as NAME=value; the CLI skips it too");
    }
    const auto brokerage = brokerage_of(entry.name);
    if (!brokerage) return take_other(entry);
    if (last_.at(entry.name) != entry.line) {
      out_.notes.push_back(fmt::format("{} of line {} is set again in line {}, which counts", entry.name, entry.line,
                                       last_.at(entry.name)));
      return;
    }
    const std::string_view value = entry.value.reveal();
    if (const auto begin = value.find("${"); begin != std::string_view::npos && value.find('}', begin) != value.npos) {
      return leave(add(fmt::format("{} (line {})", entry.name, entry.line)), "refers_to_variable",
                   "it refers to another variable with ${…}; write the value out");
    }
    take_logins(entry.name, info(*brokerage), value);
  }

  // A name may be part of a secret where the file is damaged, so none is told.
  void take_other(const DotenvEntry& entry) {
    const bool is_limit = std::ranges::find(kLimits, std::string_view(entry.name), &Limit::variable) != kLimits.end();
    if (entry.value.empty() || is_limit) return;
    const std::string near = meant(entry.name);
    if (!near.empty()) {
      return leave(add(fmt::format("line {}", entry.line)), "unknown_variable",
                   fmt::format("no brokerage's variable has this name; was {} meant?", near));
    }
    others_ += fmt::format("{}{}", others_.empty() ? "" : ", ", entry.line);
  }

  void take_logins(const std::string& variable, const BrokerageInfo& brokerage, std::string_view value) {
    std::size_t place = 0;
    for (const std::string_view part : split(value, ',')) {
      const std::string_view log_in = without_blanks_before(part);
      if (log_in.empty()) continue;
      ++place;
      ImportAccount& item = add(fmt::format("{} {}", variable, place));
      item.group = group_;
      item.account = fmt::format("{}-{}", cli_brokerage(brokerage.brokerage), place);
      item.brokerage = brokerage.name;
      if (const auto limit = limited_.find(brokerage.brokerage); limit != limited_.end()) {
        item.enabled = false;
        item.detail = fmt::format("disabled, because of {}", limit->second);
      }
      auto fields = fields_of(brokerage, log_in);
      if (fields) {
        judge_.judge(item, brokerage.brokerage, std::move(*fields));
      } else {
        leave(item, "too_many_fields",
              fmt::format("it has more fields than {} takes: {}", brokerage.name, shape_of(brokerage)));
      }
    }
  }

  const std::string group_;
  std::map<std::string, std::size_t> last_;  // line in which a variable was set last
  std::map<Brokerage, std::string_view> limited_;
  std::string others_;
  ImportJudge judge_;
  ImportContents out_;
};

}  // namespace

Result<ImportContents> import_of_autorsa_env(const SecretString& text, const std::string& group) {
  if (auto name = parse_group_name(group); !name.ok()) {
    return make_error(ErrorCode::invalid_argument, name.error().reason, "--group: " + name.error().message);
  }
  return EnvImport(group).run(parse_dotenv(text.reveal()));
}

}  // namespace tradeauto
