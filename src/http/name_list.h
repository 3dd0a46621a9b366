#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/order_filter.h"

namespace tradeauto {

// A page of things that have a name, by name. `name_of` gives the name, `render` the JSON.
template <typename Item, typename NameOf, typename Render>
boost::json::object page_by_name(std::vector<Item> items, const NamePage& page, NameOf name_of, Render render) {
  std::ranges::sort(items, {}, name_of);
  const auto first = page.after ? std::ranges::upper_bound(items, *page.after, {}, name_of) : items.begin();
  const auto left = static_cast<std::size_t>(items.end() - first);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min(left, page.limit));
  boost::json::array shown;
  for (auto it = first; it != last; ++it) shown.push_back(render(*it));
  boost::json::value next = nullptr;
  if (last != items.end()) next = name_cursor(name_of(*(last - 1)));
  return {{"items", std::move(shown)}, {"next_cursor", std::move(next)}};
}

template <typename Item, typename NameOf, typename Render>
std::string render_by_name(std::vector<Item> items, const NamePage& page, NameOf name_of, Render render) {
  return boost::json::serialize(page_by_name(std::move(items), page, name_of, render));
}

}  // namespace tradeauto
