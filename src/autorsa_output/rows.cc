#include "autorsa_output/rows.h"

#include <array>

namespace tradeauto::autorsa_output {
namespace {

using enum Means;

// An order is sent up to four times with one id, and only the last answer is shown. Where that is 400 or 404 the
// broker has looked at the order; what stands before it (401, 403, 429) may follow an answer that was lost.
constexpr std::array kPublic = {
    Row{"%o in %a: Success", submitted},
    Row{"%a: Error placing order: API Error 400: %t", rejected, true},
    Row{"%a: Error placing order: API Error 404: %t", rejected, true},
    Row{"%a: Error placing order: %t", error, true},
    Row{"%a: Skipping non-tradable account type: %t", not_sent},
    Row{"DRY RUN: %o in %a: Preflight check successful", dry_run},
    Row{"DRY RUN: %a: Preflight check failed: %t", dry_failed, true},
};
constexpr std::array<std::string_view, 3> kPublicOwn = {"buy ", "sell ", "DRY RUN: "};

// An answer without a body reads "Success: False, Status: , ID: ", and says nothing.
constexpr std::array kFennel = {
    Row{"Fennel %n: %o in %a: Success: True, Status: PENDING, ID: %w", submitted},
    Row{"Fennel %n: %o in %a: Success: False, Status: %w, ID: ", rejected},
    Row{"Fennel %n: %o in %a: Dry Run Success", dry_run},
    Row{"Fennel %n: %o in %a: Success: %t", error},
    Row{"Fennel %n %a: Error placing order: Shares must be greater than 0", not_sent, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 400: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 401: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 403: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 404: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 422: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: Order Request failed with status code 429: %t", rejected, true},
    Row{"Fennel %n %a: Error placing order: %t", error, true},
};

// "Success" is printed for an answer of 500 and of 429, too. A line with a code names no sub-account: it is the answer
// of the next one.
constexpr std::array kWebull = {
    Row{"Webull %n: %o in %a: Success", unproven},
    Row{"Webull %n %a: Running in DRY mode. Transaction would've been: %o", dry_run},
    Row{"Buying %d then selling %q of %T", dance},
    Row{"Webull %n: %T is not available for trading", aside},
    Row{"Webull %n %a: Error placing order: Webull %n: %T is not available for trading", not_sent, true},
    Row{"Webull %n %a: Error placing order: Could not find ticker for stock %T", not_sent, true},
    Row{"Webull %n %a: Error placing order: trade.%w: %t", rejected, true},
    Row{"Webull %n %a: Error placing order: %t", error, true},
    Row{.pattern = "%t Code trade.%w", .means = rejected, .text = false, .busy = 0, .aside_in_dance = true},
    Row{.pattern = "%t Code %t", .means = error, .text = false, .busy = 0, .aside_in_dance = true},
};
constexpr std::array<std::string_view, 1> kWebullOwn = {"Buying "};

// "Success" is printed for an answer of 401 and for a refusal without "non_field_errors", too. A request that failed is
// followed by a second order; only a request that was turned away for their number (429) has surely come to nothing.
constexpr std::array kRobinhood = {
    Row{"Starting login process...", aside},
    Row{"Robinhood %n: %o in %a: Success", unproven},
    Row{"Robinhood %n: %o in %a: [%t]", rejected},
    Row{"Robinhood %n: %o in %a: %t", error},
    Row{"Robinhood %n %a Running in DRY mode. Transaction would've been: %o", dry_run},
    Row{"Error in request_post: Received 429", busy_request},
    Row{"Error in request_post: %t", failed_request, true},
    Row{"Robinhood %n: Error %v in %a, trying Limit Order", second_order},
    Row{"Ask: %q, Bid: %q", aside},
    Row{"Robinhood %n: Error getting price for %T", rejected, false, 1},
    Row{"Robinhood %n: %o in %a @ %q: [%t]", rejected, false, 1},
    Row{"Robinhood %n: %o in %a @ %q: %t", unproven},
    Row{"Robinhood %n: Error %v in %a", rejected, false, 2},
    Row{"Robinhood %n Error submitting order: list index out of range", not_sent, true},
    Row{"Robinhood %n Error submitting order: %t", error, true},
};
constexpr std::array<std::string_view, 1> kRobinhoodOwn = {"Error in request_post: "};

constexpr Grammar kPublicGrammar = {
    .name = "Public", .rows = kPublic, .own = kPublicOwn, .inside = {}, .own_accounts = true, .text_anywhere = false};
constexpr Grammar kFennelGrammar = {
    .name = "Fennel", .rows = kFennel, .own = {}, .inside = {}, .own_accounts = false, .text_anywhere = false};
constexpr Grammar kWebullGrammar = {.name = "Webull",
                                    .rows = kWebull,
                                    .own = kWebullOwn,
                                    .inside = " Code ",
                                    .own_accounts = false,
                                    .text_anywhere = false};
constexpr Grammar kRobinhoodGrammar = {.name = "Robinhood",
                                       .rows = kRobinhood,
                                       .own = kRobinhoodOwn,
                                       .inside = {},
                                       .own_accounts = false,
                                       .text_anywhere = true};

}  // namespace

const Grammar* grammar_of(Brokerage brokerage) {
  switch (brokerage) {
    case Brokerage::public_: return &kPublicGrammar;
    case Brokerage::fennel: return &kFennelGrammar;
    case Brokerage::webull: return &kWebullGrammar;
    case Brokerage::robinhood: return &kRobinhoodGrammar;
    default: return nullptr;
  }
}

}  // namespace tradeauto::autorsa_output
