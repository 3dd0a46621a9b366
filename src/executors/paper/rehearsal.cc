#include "executors/paper/rehearsal.h"

#include <fmt/format.h>

#include "executors/paper/report.h"

namespace tradeauto {
namespace {

Result<ExecutionReport> rehearse_one(PaperParts& parts, const PaperOrder& order) {
  TRY(const Placement placement, parts.broker->preview(order));
  ExecutionReport report;
  report.sub_account = sub_account_label(order.sub_account);
  report.status = ExecutionStatus::dry_run;
  report.quantity = order.quantity;
  report.price = placement.price;
  report.at = placement.at;
  report.message = placement.decision == Decision::accepted
                       ? "it would be accepted"
                       : fmt::format("it would be rejected: {}", describe(placement.reason));
  return report;
}

}  // namespace

Result<std::vector<ChildOrderReport>> rehearse_orders(PaperParts& parts, const TransactionTask& task,
                                                      const AccountSettings& settings) {
  std::vector<ChildOrderReport> reports;
  for (const TaskChildOrder& child : task.child_orders) {
    ChildOrderReport report;
    report.child_order = child.id;
    report.complete = true;
    report.status = ChildOrderStatus::dry_run;
    for (int number = 1; number <= settings.sub_accounts; ++number) {
      const PaperOrder order{.account = task.account,
                             .sub_account = number,
                             .child_order = child.id,
                             .side = task.side,
                             .symbol = child.symbol,
                             .quantity = task.quantity,
                             .opening_cash = settings.cash,
                             .fill_delay = settings.fill_delay,
                             .refuse = false};
      TRY(ExecutionReport execution, rehearse_one(parts, order));
      report.executions.push_back(std::move(execution));
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

Result<HoldingsReport> look_at_holdings(PaperParts& parts, const AccountRef& account, const AccountSettings& settings,
                                        const Fault& fault) {
  HoldingsReport report;
  report.account = account;
  report.complete = true;
  report.as_of = parts.clock.now();
  TRY(auto books, parts.broker->books(account));
  for (int number = 1; number <= settings.sub_accounts; ++number) {
    const std::string label = sub_account_label(number);
    report.sub_accounts.push_back(label);
    if (fault.silences(number)) {
      report.complete = false;
      report.message = fmt::format("{} did not answer", label);
      continue;
    }
    const AccountBook& book = books[number];
    TRY(const Decimal cash, settings.cash.decimal().add(book.flow().decimal()));
    report.cash.emplace_back(label, Money(cash));
    for (const auto& [symbol, quantity] : book.positions()) {
      TRY(const auto price, parts.broker->price(symbol));
      report.holdings.push_back({.sub_account = label, .symbol = symbol, .quantity = quantity, .price = price});
    }
  }
  return report;
}

}  // namespace tradeauto
