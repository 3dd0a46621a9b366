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

// A browser that has once been told a Basic password sends it by itself, also with what another site's page has it
// send. So a request with one comes from no other origin, and changes nothing for another site. Error: as above.
Result<void> check_no_borrowed_password(const WireRequest& request);

}  // namespace tradeauto
