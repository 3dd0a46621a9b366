#pragma once

#include <cstddef>
#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "cli/command.h"

namespace tradeauto {

// What the person sees on stderr while an order is worked on: on a terminal a line for each child order, drawn anew in
// place; elsewhere a line appended for each change. Silent with --quiet.
class Progress {
 public:
  explicit Progress(Command& command) : command_(command) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { clear(); }

  void show(const boost::json::object& order);
  // Takes away what was drawn: the answer on stdout says more.
  void clear();

 private:
  void draw(const boost::json::object& order);
  void append(const boost::json::object& order);

  Command& command_;
  std::size_t drawn_ = 0;                        // lines that the next drawing replaces
  std::map<std::string, std::string> statuses_;  // by child order, as last told
};

}  // namespace tradeauto
