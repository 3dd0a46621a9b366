#include "rpc/wire_text.h"

#include "base/utf8.h"

namespace tradeauto {

std::string wire_text(std::string_view text) { return as_utf8(text, kMaxWireText); }

}  // namespace tradeauto
