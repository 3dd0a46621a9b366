#pragma once

#include "http/route_table.h"

namespace tradeauto {

// What a browser opens: /docs and /problems/{code}. Both say what anybody may know, and ask for no token.
void add_page_routes(RouteTable& routes);
// /problems/{code} alone.
void add_problem_pages(RouteTable& routes);

}  // namespace tradeauto
