#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tradeauto::autorsa_output {

// A foreign text as we may keep and show it: valid UTF-8, no control character but the newline, at most `limit` bytes,
// and every full account number replaced by its mask. A number is known by its last four characters, which the masks
// show, or by where it stands (".../accounts/<number>/...").
std::string presentable(std::string_view text, const std::vector<std::string>& masks, std::size_t limit);

// An account number as we show it: what is masked already stays as it is.
std::string masked(std::string_view account);

}  // namespace tradeauto::autorsa_output
