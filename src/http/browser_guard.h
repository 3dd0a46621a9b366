#pragma once

#include "base/result.h"
#include "http/api_message.h"

namespace tradeauto {

// Where no token proves who asks (AUTH off), a web page that somebody reads on this machine must not be able to trade:
// not under a name of its own that leads here (DNS rebinding), and not with a form or a script from elsewhere (CSRF).
// So a request names a loopback host, comes from no other origin, and changes nothing for a browser that says that
// another site had it sent. A program that is no browser sends none of Origin and Sec-Fetch-Site, and passes.
// Error: permission_denied (foreign_host, foreign_origin).
Result<void> check_no_foreign_page(const WireRequest& request);

}  // namespace tradeauto
