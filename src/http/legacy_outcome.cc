#include "http/legacy_outcome.h"

#include <string_view>

#include "domain/legacy_outcome.h"
#include "http/legacy_reply.h"

namespace tradeauto {

ApiReply legacy_order_outcome(const Order& order) {
  // A dry run places nothing, whatever is not known of it.
  const std::string_view doubt = order.dry_run ? "" : "IN DOUBT, may have been placed, do not repeat: ";
  const LegacyOutcome outcome = legacy_outcome(order.child_orders, doubt);
  return legacy_outcome(outcome.good, boost::json::value(outcome.message));
}

}  // namespace tradeauto
