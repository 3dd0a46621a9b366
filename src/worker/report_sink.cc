#include "worker/report_sink.h"

#include <utility>

#include "net/run_on.h"

namespace tradeauto {
namespace {

bool is_outcome(ChildOrderStatus status) {
  switch (status) {
    case ChildOrderStatus::pending:
    case ChildOrderStatus::executing:
    case ChildOrderStatus::canceled:
    case ChildOrderStatus::expired: return false;
    default: return true;
  }
}

}  // namespace

ReportSink::ReportSink(Journal& journal, asio::any_io_executor strand, Signal& failed, Logger log)
    : journal_(journal), strand_(std::move(strand)), failed_(failed), log_(std::move(log)) {}

ReportSink::Running ReportSink::begin(const TransactionTask& task) {
  std::set<ChildOrderId>& open = running_[task.id];
  for (const TaskChildOrder& child : task.child_orders) {
    open.insert(child.id);
    task_of_.insert_or_assign(child.id, TaskOf{.task = task.id, .order = task.order_id});
  }
  running_tasks_ = running_.size();
  return {*this, task.id};
}

std::vector<ChildOrderId> ReportSink::silent(const TaskId& task) const {
  const auto it = running_.find(task);
  return it == running_.end() ? std::vector<ChildOrderId>() : std::vector(it->second.begin(), it->second.end());
}

void ReportSink::end(const TaskId& task) {
  running_.erase(task);
  running_tasks_ = running_.size();
  std::erase_if(task_of_, [&](const auto& entry) { return entry.second.task == task; });
}

void ReportSink::connect(std::shared_ptr<MainLink> link) {
  link_ = std::move(link);
  for (JournaledReport& report : journal_.unconfirmed()) link_->report(std::move(report));
}

asio::awaitable<void> ReportSink::report(ChildOrderReport report) {
  return run_on(strand_, do_report(std::move(report)));
}

asio::awaitable<void> ReportSink::do_report(ChildOrderReport report) {
  if (report.complete && !is_outcome(report.status)) {
    // Main would refuse it for ever, and the journal would hold the child order for done.
    report.status = ChildOrderStatus::in_doubt;
    report.reason = "inconsistent_report";
    report.detail = "the executor named no outcome";
  }
  const auto known = task_of_.find(report.child_order);
  // A fill that comes after its task ended, or after a restart, belongs to no running task.
  const auto [task, order] = known == task_of_.end() ? TaskOf() : known->second;
  if (known != task_of_.end() && report.complete) running_[task].erase(report.child_order);
  const Logger log = known == task_of_.end() ? log_ : log_.with({"task", task}).with({"order", order});
  auto sequence = co_await journal_.report(task, report);
  if (!sequence.ok()) {
    log.error("the journal cannot be written: this worker ends",
              {{"child_order", report.child_order}, {"message", sequence.error().message}});
    failed_.notify();
    co_return;
  }
  log.debug("reported", {{"child_order", report.child_order},
                         {"status", to_string(report.status)},
                         {"reason", report.reason},
                         {"executions", report.executions.size()}});
  if (link_) link_->report({.sequence = *sequence, .task = task, .report = std::move(report)});
}

}  // namespace tradeauto
