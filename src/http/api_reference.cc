#include "http/api_reference.h"

#include <algorithm>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "http/html.h"

namespace tradeauto {
namespace {

namespace json = boost::json;

// Empty for what is not there, or is no text.
std::string_view text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  const json::string* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

const json::object& object_at(const json::object& object, std::string_view key) {
  static const json::object kNone;
  const json::value* value = object.if_contains(key);
  const json::object* found = value == nullptr ? nullptr : value->if_object();
  return found == nullptr ? kNone : *found;
}

const json::array& array_at(const json::object& object, std::string_view key) {
  static const json::array kNone;
  const json::value* value = object.if_contains(key);
  const json::array* found = value == nullptr ? nullptr : value->if_array();
  return found == nullptr ? kNone : *found;
}

std::string_view last_part(std::string_view reference) { return reference.substr(reference.rfind('/') + 1); }

std::string paragraph(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("<p>{}</p>\n", escape_html(text));
}

class Reference {
 public:
  explicit Reference(const json::object& document)
      : document_(document), schemas_(object_at(object_at(document, "components"), "schemas")) {}

  std::string render() const {
    const json::object& about = object_at(document_, "info");
    std::string out = fmt::format("<h1>{}: API reference</h1>\n{}{}", escape_html(text_at(about, "title")),
                                  paragraph(text_at(about, "summary")), paragraph(text_at(about, "description")));
    out += "<p>For programs: <a href=\"/openapi.json\">openapi.json</a></p>\n";
    std::string list;
    std::string operations;
    for (const auto& [path, methods] : object_at(document_, "paths")) {
      for (const auto& [method, operation] : methods.as_object()) {
        list += list_item(path, method, operation.as_object());
        operations += section(path, method, operation.as_object());
      }
    }
    out += fmt::format("<nav aria-label=\"Operations\">\n<h2>Operations</h2>\n<ul>\n{}</ul>\n</nav>\n{}", list,
                       operations);
    out += "<h2 id=\"schemas\">Schemas</h2>\n";
    for (const auto& [name, schema] : schemas_) out += schema_section(name, schema.as_object());
    return out;
  }

 private:
  static std::string method_of(std::string_view method) {
    std::string upper(method);
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
    return upper;
  }

  static std::string list_item(std::string_view path, std::string_view method, const json::object& operation) {
    return fmt::format("<li><a href=\"#{}\"><code>{} {}</code></a> {}</li>\n",
                       escape_html(text_at(operation, "operationId")), method_of(method), escape_html(path),
                       escape_html(text_at(operation, "summary")));
  }

  std::string section(std::string_view path, std::string_view method, const json::object& operation) const {
    const std::string id = escape_html(text_at(operation, "operationId"));
    const std::string_view scope = text_at(operation, "x-scope");
    std::string out = fmt::format("<section aria-labelledby=\"{0}\">\n<h2 id=\"{0}\"><code>{1} {2}</code></h2>\n", id,
                                  method_of(method), escape_html(path));
    out += paragraph(text_at(operation, "summary")) + paragraph(text_at(operation, "description"));
    out += scope.empty() ? std::string("<p>Needs no token.</p>\n")
                         : fmt::format("<p>Scope: <code>{}</code></p>\n", escape_html(scope));
    out += parameters(array_at(operation, "parameters"));
    const std::string body = content(object_at(operation, "requestBody"));
    if (!body.empty()) out += fmt::format("<h3>Body</h3>\n<p>{}</p>\n", body);
    return out + responses(object_at(operation, "responses")) + "</section>\n";
  }

  // What a reference leads to, or the object itself.
  const json::object& resolved(const json::object& object) const {
    const std::string_view reference = text_at(object, "$ref");
    if (!reference.starts_with("#/components/")) return object;
    const std::string_view rest = reference.substr(std::string_view("#/components/").size());
    return object_at(object_at(object_at(document_, "components"), rest.substr(0, rest.find('/'))), last_part(rest));
  }

  std::string parameters(const json::array& list) const {
    if (list.empty()) return {};
    std::string out =
        "<h3>Parameters</h3>\n<table>\n<tr><th scope=\"col\">Name</th><th scope=\"col\">In</th>"
        "<th scope=\"col\">Type</th><th scope=\"col\">Needed</th><th scope=\"col\">Meaning</th></tr>\n";
    for (const json::value& item : list) {
      const json::object& parameter = resolved(item.as_object());
      const json::value* needed = parameter.if_contains("required");
      out +=
          fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                      escape_html(text_at(parameter, "name")), escape_html(text_at(parameter, "in")),
                      type_of(object_at(parameter, "schema")),
                      needed != nullptr && needed->is_bool() && needed->get_bool() ? "yes" : "no",
                      escape_html(text_at(parameter, "description")));
    }
    return out + "</table>\n";
  }

  std::string responses(const json::object& list) const {
    std::string out =
        "<h3>Answers</h3>\n<table>\n<tr><th scope=\"col\">Status</th><th scope=\"col\">Meaning</th>"
        "<th scope=\"col\">Body</th></tr>\n";
    for (const auto& [status, item] : list) {
      const json::object& response = resolved(item.as_object());
      out += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", escape_html(status),
                         escape_html(text_at(response, "description")), content(response));
    }
    return out + "</table>\n";
  }

  // "application/json: Order", for each media type.
  std::string content(const json::object& holder) const {
    std::string out;
    for (const auto& [type, media] : object_at(resolved(holder), "content")) {
      if (!out.empty()) out += "<br>";
      out += fmt::format("<code>{}</code>: {}", escape_html(type), type_of(object_at(media.as_object(), "schema")));
    }
    return out;
  }

  // A type in a few words, with a link where it has a section of its own.
  std::string type_of(const json::object& schema) const {
    if (const std::string_view reference = text_at(schema, "$ref"); !reference.empty()) {
      return fmt::format("<a href=\"#schema-{0}\">{0}</a>", escape_html(last_part(reference)));
    }
    std::string type(text_at(schema, "type"));
    for (const json::value& one : array_at(schema, "type")) {
      if (!one.is_string()) continue;
      type += type.empty() ? "" : " or ";
      type += std::string_view(one.get_string());
    }
    std::string out = escape_html(type);
    if (const auto& items = object_at(schema, "items"); !items.empty()) out += " of " + type_of(items);
    if (const auto format = text_at(schema, "format"); !format.empty())
      out += fmt::format(" ({})", escape_html(format));
    std::string words;
    for (const json::value& one : array_at(schema, "enum")) {
      words += fmt::format("{}<code>{}</code>", words.empty() ? "" : ", ", escape_html(json::serialize(one)));
    }
    if (!words.empty()) out += ": " + words;
    for (const char* key : {"oneOf", "anyOf", "allOf"}) {
      for (const json::value& one : array_at(schema, key)) {
        if (!out.empty()) out += " | ";
        out += type_of(one.as_object());
      }
    }
    return out;
  }

  std::string schema_section(std::string_view name, const json::object& schema) const {
    const std::string shown = escape_html(name);
    std::string out = fmt::format("<section aria-labelledby=\"schema-{0}\">\n<h3 id=\"schema-{0}\">{0}</h3>\n{1}",
                                  shown, paragraph(text_at(schema, "description")));
    const json::object& fields = object_at(schema, "properties");
    if (fields.empty()) return out + fmt::format("<p>{}</p>\n</section>\n", type_of(schema));
    out +=
        "<table>\n<tr><th scope=\"col\">Field</th><th scope=\"col\">Type</th><th scope=\"col\">Always there</th>"
        "<th scope=\"col\">Meaning</th></tr>\n";
    const json::array& required = array_at(schema, "required");
    for (const auto& [field, description] : fields) {
      const bool always = std::ranges::find(required, json::value(field)) != required.end();
      out += fmt::format("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                         escape_html(field), type_of(description.as_object()), always ? "yes" : "no",
                         escape_html(text_at(description.as_object(), "description")));
    }
    return out + "</table>\n</section>\n";
  }

  const json::object& document_;
  const json::object& schemas_;
};

}  // namespace

std::string render_api_reference(const json::object& document) { return Reference(document).render(); }

}  // namespace tradeauto
