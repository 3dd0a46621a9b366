#include "cli/progress.h"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "cli/json_text.h"
#include "cli/order_view.h"
#include "cli/text_wrap.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// More lines than a small terminal has cannot be drawn anew.
constexpr std::size_t kMostLines = 20;
constexpr std::size_t kUsualWidth = 80;

// Cut so that it never wraps: a wrapped line is two for the terminal and one for us.
std::string fitted(const std::string& line, const Command& command) {
  const std::size_t width = command.context().terminal_width;
  return wrapped(line, (width == 0 ? kUsualWidth : width) - 1).front();
}

std::string counts_of(const json::object& order) {
  std::map<std::string, std::size_t> counts;
  for (const json::value& item : array_of(order, "child_orders")) {
    if (const json::object* child = item.if_object()) ++counts[text_of(*child, "status")];
  }
  std::string text;
  for (const auto& [status, count] : counts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, status);
  return text;
}

}  // namespace

void Progress::show(const json::object& order) {
  if (command_.flags().quiet) return;
  if (command_.may_redraw()) {
    draw(order);
  } else {
    append(order);
  }
}

Result<ExitCode> Progress::conclude(const json::object& order, ExitCode code) {
  return command_.print(rows_of_order(order), code);
}

// A lost line of progress is no reason to stop: the answer comes on stdout.
void Progress::end() {
  if (drawn_ > 0) static_cast<void>(write_all(command_.context().err, fmt::format("\x1b[{}A\x1b[J", drawn_)).ok());
  drawn_ = 0;
}

void Progress::draw(const json::object& order) {
  end();
  const json::array children = array_of(order, "child_orders");
  std::string text;
  if (children.size() > kMostLines) {
    text = fitted(counts_of(order), command_) + "\n";
    drawn_ = 1;
  } else {
    for (const json::value& item : children) {
      const json::object* child = item.if_object();
      if (child == nullptr) continue;
      text += fitted(printable(describe_child_order(*child)), command_) + "\n";
      ++drawn_;
    }
  }
  static_cast<void>(write_all(command_.context().err, text).ok());
}

void Progress::append(const json::object& order) {
  for (const json::value& item : array_of(order, "child_orders")) {
    const json::object* child = item.if_object();
    if (child == nullptr) continue;
    std::string& told = statuses_[text_of(*child, "id")];
    const std::string status = text_of(*child, "status");
    if (status == told) continue;
    told = status;
    if (status != "pending") command_.note(describe_child_order(*child));
  }
}

}  // namespace tradeauto
