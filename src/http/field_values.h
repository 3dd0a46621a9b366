#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "http/json_reader.h"

namespace tradeauto {

// A text field, through its parser. Without a value a fault has been noted, or it is absent.
template <typename T>
std::optional<T> parsed(ObjectReader& reader, std::string_view name, Result<T> (*parse)(std::string_view)) {
  const auto text = reader.text(name);
  if (!text) return std::nullopt;
  auto value = parse(*text);
  if (value.ok()) return std::move(value).value();
  reader.fault(name, value.error());
  return std::nullopt;
}

// A list of texts, each through its parser; a member that stands twice is a fault.
template <typename T>
std::vector<T> parsed_list(ObjectReader& reader, std::string_view name, std::size_t most,
                           Result<T> (*parse)(std::string_view)) {
  std::vector<T> items;
  const auto texts = reader.texts(name);
  if (!texts) return items;
  if (texts->empty() || texts->size() > most) {
    reader.fault(name, "out_of_range", fmt::format("{} has 1 to {} members", name, most));
    return items;
  }
  for (std::size_t i = 0; i < texts->size(); ++i) {
    auto item = parse((*texts)[i]);
    if (!item.ok()) {
      reader.item_fault(name, i, item.error().reason, item.error().message);
    } else if (std::ranges::find(items, *item) != items.end()) {
      reader.item_fault(name, i, "duplicate", fmt::format("this member of {} stands there twice", name));
    } else {
      items.push_back(std::move(item).value());
    }
  }
  return items;
}

}  // namespace tradeauto
