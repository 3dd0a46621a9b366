#pragma once

#include <string>
#include <string_view>

#include "http/api_message.h"

namespace tradeauto {

std::string escape_html(std::string_view text);

// A page with this body, which is HTML already. It runs no script and fetches nothing, and says so to the browser.
ApiReply html_page(std::string_view title, std::string_view body);

}  // namespace tradeauto
