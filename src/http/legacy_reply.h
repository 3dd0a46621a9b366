#pragma once

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "http/api_message.h"

namespace tradeauto {

// Answers as the original main gave them: FastAPI's forms, which its clients read.

// A bare JSON string: "Group created".
ApiReply legacy_text(unsigned status, std::string_view text);
// {"detail": "Not Found"}
ApiReply legacy_detail(unsigned status, std::string_view detail);
// {"status": …, "message": …}; no message: null.
ApiReply legacy_outcome(bool status, boost::json::value message);
// 307 to the same path without its slash at the end.
ApiReply legacy_redirect(std::string location);

// What stands where the client's input would be quoted that is, or may hold, a log-in's value.
inline constexpr std::string_view kMasked = "**********";

// Collects every fault of a request, so that the 422 tells of all of them at once.
class LegacyFaults {
 public:
  // One entry of the answer's list; `context` (FastAPI's ctx) only where it has members.
  void add(std::string_view type, boost::json::array location, std::string_view message, boost::json::value input,
           boost::json::object context = {});
  // The field `name` of the query or the body (`place`) is not there. `input` is what it was looked for in.
  void missing(std::string_view place, std::string_view name, boost::json::value input);
  // What a rule of ours says of a value.
  void value_error(boost::json::array location, std::string_view message, boost::json::value input);

  bool empty() const { return faults_.empty(); }
  ApiReply reply() const;

 private:
  boost::json::array faults_;
};

}  // namespace tradeauto
