#pragma once

#include <string>

#include <boost/json/object.hpp>

namespace tradeauto {

// The body of /docs: every operation and schema of an OpenAPI document, as HTML that needs no script.
std::string render_api_reference(const boost::json::object& document);

}  // namespace tradeauto
