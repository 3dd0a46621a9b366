#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tradeauto {

// What kind of failure. One table maps it to HTTP (http/problem.h) and one to gRPC (rpc/convert.h).
enum class ErrorCode : std::uint8_t {
  invalid_argument,     // syntax: the request could not be read
  unprocessable,        // it was read, and breaks a rule
  unauthenticated,      // nobody, or a wrong token
  permission_denied,    // known, and not allowed
  not_found,            //
  conflict,             // the thing exists, or is in a state that forbids this
  precondition_failed,  // If-Match and the like
  too_large,            //
  resource_exhausted,   // a limit of ours; try later
  unavailable,          // a peer or a part of us is not there now
  deadline_exceeded,    //
  canceled,             // we are shutting down, or the caller left
  internal,             // a defect, or a disk that fails
};

// Could a broker have acted because of the failed call? `none` needs proof.
enum class Effect : std::uint8_t { none, maybe };

// One faulty field of a request. `pointer` is a JSON pointer ("/symbols/0"), a setting's name or a flag.
struct FieldError {
  std::string pointer;
  std::string code;    // machine word, e.g. "required", "unknown_field", "out_of_range"
  std::string detail;  // a sentence that names what is allowed; never the value of a secret

  bool operator==(const FieldError&) const = default;
};

// A failure as a value. `reason` is a stable machine word ("unknown_group"), `message` is for people.
// Neither may hold a secret: both travel to logs and clients.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::internal;
  std::string reason;
  std::string message;
  Effect effect = Effect::none;
  std::vector<FieldError> fields;
};

std::string_view to_string(ErrorCode code);
std::string_view to_string(Effect effect);

// Shorthand for the common case: no effect, no fields.
Error make_error(ErrorCode code, std::string reason, std::string message);

}  // namespace tradeauto
