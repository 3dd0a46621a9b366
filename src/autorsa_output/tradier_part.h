#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "autorsa_output/ordered_part.h"

namespace tradeauto::autorsa_output {

// Tradier's lines. Its texts are printed twice.
class TradierPart final : public OrderedPart {
 public:
  using OrderedPart::OrderedPart;

  void read(std::string_view line) override;

 private:
  // A request that failed: between "Error making request" and the answer's line.
  struct Failure {
    std::string_view first_line;
    std::vector<std::string_view> responses;
  };
  // "JSON response: {" of a refused order, up to its "}".
  struct Json {
    std::string text;
    bool errors = false;
    bool order = false;
  };

  bool in_order() const override { return !json_ && OrderedPart::in_order(); }
  void settled() override { no_answer_ = false; }

  void read_failure(std::string_view line);
  void read_broker_error(std::string_view line);
  void read_json(std::string_view line);
  void read_answer(std::string_view line);
  void read_order_answer(std::string_view line, std::string_view rest);
  void read_error_answer(std::string_view line, std::string_view error);
  void settle_failure(std::string_view line);

  std::optional<Failure> failure_;
  std::optional<Json> json_;
  bool no_answer_ = false;  // the last answer was that there was none
};

}  // namespace tradeauto::autorsa_output
