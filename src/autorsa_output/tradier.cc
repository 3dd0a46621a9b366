#include "autorsa_output/tradier.h"

#include "autorsa_output/tradier_log_ins.h"
#include "autorsa_output/tradier_part.h"

namespace tradeauto::autorsa_output {
namespace {

MakePart maker(const RunOutput& run) {
  return [&run](const std::vector<std::string>& accounts, std::vector<AnnouncedAccounts> announced) {
    return std::make_unique<TradierPart>(run, accounts, std::move(announced));
  };
}

}  // namespace

std::vector<SymbolVerdict> read_tradier(const RunOutput& run, const RunText& text, const AccountListing& listing) {
  return read_strictly(run, text, listing, maker(run));
}

std::vector<std::vector<SymbolVerdict>> read_tradier_shared(const RunOutput& run, const RunText& part,
                                                            std::size_t count) {
  const auto log_ins = read_tradier_log_ins(part, count);
  if (!log_ins) return std::vector(count, same_for_all(run, {}, ChildOrderStatus::in_doubt, "shared_run"));
  return read_log_ins_strictly(run, part, *log_ins, maker(run));
}

}  // namespace tradeauto::autorsa_output
