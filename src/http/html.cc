#include "http/html.h"

#include <fmt/format.h>

namespace tradeauto {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Dark or light as the reader has it; nothing is told by colour alone.
constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}"
    "code,pre{font-family:ui-monospace,monospace}"
    "pre{overflow-x:auto;padding:.5rem;border:1px solid}"
    "table{border-collapse:collapse}"
    "th,td{border:1px solid;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    "summary{cursor:pointer}"
    "a:focus-visible,summary:focus-visible{outline:3px solid}";

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

ApiReply html_page(std::string_view title, std::string_view body) {
  ApiReply reply;
  reply.content_type = "text/html; charset=utf-8";
  reply.headers = {{"Content-Security-Policy", std::string(kPolicy)}, {"Referrer-Policy", "no-referrer"}};
  reply.body = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} – tradeauto</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<main id=\"main\">\n{}</main>\n</body>\n</html>\n",
      escape_html(title), kStyle, body);
  return reply;
}

}  // namespace tradeauto
