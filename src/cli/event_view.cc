#include "cli/event_view.h"

#include <string>

#include <fmt/format.h>

#include "cli/json_text.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

std::string actor_of(const json::object& event) {
  const json::value* value = event.if_contains("actor");
  const json::object* actor = value == nullptr ? nullptr : value->if_object();
  if (actor == nullptr) return {};
  const std::string kind = text_of(*actor, "kind");
  const std::string name = text_of(*actor, "name");
  if (kind == "token") return name;
  return name.empty() ? kind : fmt::format("{} ({})", name, kind);
}

}  // namespace

Column actor_column(Fit fit) { return {.title = "WHO", .text = actor_of, .fit = fit}; }

}  // namespace tradeauto
