#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "cli/command.h"
#include "cli/order_wait.h"

namespace tradeauto {

// What the person sees on stderr while an order is worked on: on a terminal a line for each child order, drawn anew in
// place; elsewhere a line appended for each change. Silent with --quiet. The outcome goes to stdout, and takes away
// what was drawn, since it says more.
class Progress final : public OrderDisplay {
 public:
  explicit Progress(Command& command) : command_(command) {}
  ~Progress() override { Progress::end(); }

  bool wants_changes() const override { return !command_.flags().quiet; }
  void show(const boost::json::object& order) override;
  void end() override;
  Result<ExitCode> conclude(const boost::json::object& order, ExitCode code) override;

 private:
  void draw(const boost::json::object& order);
  void append(const boost::json::object& order);

  Command& command_;
  std::size_t drawn_ = 0;                        // lines that the next drawing replaces
  std::map<std::string, std::string> statuses_;  // by child order, as last told
};

}  // namespace tradeauto
