#include "cli/import_report.h"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string_view to_string(ImportStatus status) {
  switch (status) {
    case ImportStatus::taken: return "taken";
    case ImportStatus::would_take: return "would_take";
    case ImportStatus::there_already: return "there_already";
    case ImportStatus::left: return "left";
  }
  return "left";
}

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(readable(text));
}

std::string full_name(const ImportAccount& account) {
  return account.group.empty() || account.account.empty() ? account.account
                                                          : fmt::format("{}/{}", account.group, account.account);
}

json::object item_of(const ImportReport::Row& row) {
  return {{"origin", readable(row.account.origin)},           {"group", text_or_null(row.account.group)},
          {"account", text_or_null(row.account.account)},     {"name", text_or_null(full_name(row.account))},
          {"brokerage", text_or_null(row.account.brokerage)}, {"enabled", row.account.enabled},
          {"status", to_string(row.outcome.status)},          {"reason", text_or_null(row.outcome.reason)},
          {"detail", text_or_null(row.outcome.detail)}};
}

}  // namespace

std::size_t ImportReport::count(ImportStatus status) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(rows, [status](const Row& row) { return row.outcome.status == status; }));
}

Rows rows_of(const ImportReport& report) {
  Rows rows;
  json::array items;
  for (const ImportReport::Row& row : report.rows) {
    rows.items.push_back(item_of(row));
    items.push_back(rows.items.back());
    const bool taken = row.outcome.status == ImportStatus::taken || row.outcome.status == ImportStatus::would_take;
    if (taken) rows.names.push_back(full_name(row.account));
  }
  json::array groups;
  for (const std::string& group : report.groups_added) groups.emplace_back(readable(group));
  json::object counts;
  const ImportStatus done = report.dry_run ? ImportStatus::would_take : ImportStatus::taken;
  for (const ImportStatus status : {done, ImportStatus::there_already, ImportStatus::left}) {
    counts[to_string(status)] = report.count(status);
  }
  rows.json = json::object{{"dry_run", report.dry_run},
                           {"groups_added", std::move(groups)},
                           {"counts", std::move(counts)},
                           {"items", std::move(items)}};
  rows.columns = {member("FROM", "origin", Fit::wraps), member("ACCOUNT", "name"), member("BROKERAGE", "brokerage"),
                  member("STATUS", "status"), member("DETAIL", "detail", Fit::wraps)};
  return rows;
}

std::string summary_of(const ImportReport& report) {
  const std::size_t taken = report.count(report.dry_run ? ImportStatus::would_take : ImportStatus::taken);
  return fmt::format("{} {}, {} there already, {} left", taken, report.dry_run ? "would be taken" : "taken",
                     report.count(ImportStatus::there_already), report.count(ImportStatus::left));
}

std::string readable(std::string_view text) {
  boost::system::error_code bad;
  json::parse(json::serialize(json::string_view(text.data(), text.size())), bad);
  if (!bad) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x80 ? std::string(1, c) : fmt::format("\\x{:02X}", byte);
  }
  return out;
}

}  // namespace tradeauto
