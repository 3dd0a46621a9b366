#!/usr/bin/env python3
"""Holds api/openapi.yaml to api/released.json: whoever could ask, and read the answer, still can.

usage: api_changes.py [--accept] [REPOSITORY]

  --accept  writes api/released.json anew: what the document says now is what is promised from then on

Fails, with a line for each, on what breaks a client: an operation, parameter, field, status, media type, header or
value of an enumeration that is gone; something new that is required; another type; a value that is refused now
(requests), or that may come now (answers); another scope. New operations, optional fields, fields of answers and values
of enumerations are no break.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = "api/openapi.yaml"
RELEASED = "api/released.json"

# What says nothing about what is asked and answered.
SILENT = {"description", "summary", "x-command", "x-test", "info", "servers"}
# Keyword: whether a larger value lets fewer values through.
BOUNDS = {"minLength": True, "minItems": True, "minimum": True, "maxLength": False, "maxItems": False, "maximum": False}


def promise_of(value: object, *, named: bool = False) -> object:
    """The document without what is for people. `named`: the keys are names (of fields, paths …), not words of OpenAPI."""
    if isinstance(value, list):
        return [promise_of(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: promise_of(item, named=not named and key in ("properties", "paths", "schemas", "parameters", "headers", "responses"))
        for key, item in value.items()
        if named or key not in SILENT
    }


@dataclass(frozen=True)
class Side:
    """One of the two documents."""

    document: dict

    def operations(self) -> dict[str, dict]:
        return {
            f"{method.upper()} {path}": operation
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def resolved(self, node: dict) -> dict:
        while "$ref" in node:
            found = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found | {key: value for key, value in node.items() if key != "$ref"}
        return node

    def parameters(self, operation: dict) -> dict[str, dict]:
        resolved = [self.resolved(parameter) for parameter in operation.get("parameters", [])]
        return {f"{parameter['in']} {parameter['name']}": parameter for parameter in resolved}

    def alternatives(self, schema: dict) -> list[dict]:
        """The schemas, each of one type, of which a value fits one: `oneOf`, `anyOf` and lists of types taken apart."""
        schema = self.resolved(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                common = {name: value for name, value in schema.items() if name != key}
                return [one for part in schema[key] for one in self.alternatives(both(common, self.resolved(part)))]
        types = schema.get("type")
        return [schema | {"type": one} for one in types] if isinstance(types, list) else [schema]


class Comparison:
    """From `old` to `new`. A schema is looked at once for requests and once for answers, wherever it is used."""

    def __init__(self, old: dict, new: dict):
        self._old = Side(old)
        self._new = Side(new)
        self._seen: set[tuple[str, str, bool]] = set()

    def breaks(self) -> Iterator[str]:
        new = self._new.operations()
        for route, operation in self._old.operations().items():
            if route not in new:
                yield f"{route}: is gone"
            else:
                yield from (f"{route}: {text}" for text in self._operation(operation, new[route]))

    def _operation(self, old: dict, new: dict) -> Iterator[str]:
        if (scopes := (old.get("x-scope"), new.get("x-scope"))) and scopes[0] != scopes[1]:
            yield f"the scope was {scopes[0] or 'none'} and is {scopes[1] or 'none'}"
        yield from self._parameters(self._old.parameters(old), self._new.parameters(new))
        yield from self._request(self._old.resolved(old.get("requestBody", {})), self._new.resolved(new.get("requestBody", {})))
        for status, response in old["responses"].items():
            if status not in new["responses"]:
                yield f"the status {status} is gone"
                continue
            was, now = self._old.resolved(response), self._new.resolved(new["responses"][status])
            yield from (f"{status}: the header {name} is gone" for name in gone(was, now, "headers"))
            yield from self._content(was, now, f"{status} ", request=False)

    def _parameters(self, old: dict[str, dict], new: dict[str, dict]) -> Iterator[str]:
        for name, parameter in new.items():
            if parameter.get("required") and not old.get(name, {}).get("required"):
                yield f"the parameter {name} is required now"
        for name, parameter in old.items():
            if name not in new:
                yield f"the parameter {name} is gone"
            else:
                yield from self._schema(parameter["schema"], new[name]["schema"], name, request=True)

    def _request(self, old: dict, new: dict) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield "a body is required now"
        yield from self._content(old, new, "body ", request=True)

    def _content(self, old: dict, new: dict, where: str, *, request: bool) -> Iterator[str]:
        yield from (f"{where}{media} is gone" for media in gone(old, new, "content"))
        for media, body in new.get("content", {}).items():
            if media in old.get("content", {}):
                yield from self._schema(old["content"][media]["schema"], body["schema"], where.strip(), request=request)

    def _schema(self, old: dict, new: dict, where: str, *, request: bool) -> Iterator[str]:
        if "$ref" in old and "$ref" in new:
            key = (old["$ref"], new["$ref"], request)
            if key in self._seen:
                return
            self._seen.add(key)
        was, now = self._old.alternatives(old), self._new.alternatives(new)
        # What was taken is taken still; what is answered now could have been answered before.
        given, known = (was, now) if request else (now, was)
        for one in given:
            fitting = [other for other in known if other.get("type") == one.get("type")]
            if not fitting:
                yield f"{where}: {kind(one)} is {'not taken any more' if request else 'a new type of it'}"
                continue
            pairs = [(one, other) if request else (other, one) for other in fitting]
            found = [list(self._one(before, after, where, request=request)) for before, after in pairs]
            yield from min(found, key=len)

    def _one(self, old: dict, new: dict, where: str, *, request: bool) -> Iterator[str]:
        for value in gone_values(old, new):
            yield f"{where}: the value {json.dumps(value)} is gone"
        if request and "enum" in new and "enum" not in old:
            yield f"{where}: only some values are taken now"
        yield from (f"{where}: {text}" for text in tighter(old, new) if request)
        yield from (f"{where}: {text}" for text in tighter(new, old) if not request)
        if "properties" in old or "properties" in new:
            yield from self._fields(old, new, where, request=request)
        if isinstance(old.get("items"), dict) and isinstance(new.get("items"), dict):
            yield from self._schema(old["items"], new["items"], f"{where}[]", request=request)
        others = old.get("additionalProperties", True), new.get("additionalProperties", True)
        if request and others[0] is not False and others[1] is False:
            yield f"{where}: other fields are refused now"
        if isinstance(others[0], dict) and isinstance(others[1], dict):
            yield from self._schema(others[0], others[1], f"{where}.*", request=request)

    def _fields(self, old: dict, new: dict, where: str, *, request: bool) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed_before, needed_after = set(old.get("required", [])), set(new.get("required", []))
        yield from (f"{where}.{name}: is gone" for name in before if name not in after)
        if request:
            yield from (f"{where}.{name}: is required now" for name in sorted(needed_after - needed_before))
        else:
            yield from (f"{where}.{name}: may be missing now" for name in sorted((needed_before - needed_after) & set(after)))
        for name in before:
            if name in after:
                yield from self._schema(before[name], after[name], f"{where}.{name}", request=request)


def both(common: dict, part: dict) -> dict:
    """A schema that is `common` and `part`: what `part` says of a field is added to what `common` says."""
    fields = dict(common.get("properties", {}))
    for name, field in part.get("properties", {}).items():
        fields[name] = {**fields.get(name, {}), **field}
    merged = {**common, **part, "required": [*common.get("required", []), *part.get("required", [])], "properties": fields}
    return {key: value for key, value in merged.items() if value or key not in ("required", "properties")}


def gone(old: dict, new: dict, key: str) -> list[str]:
    return [name for name in old.get(key, {}) if name not in new.get(key, {})]


def gone_values(old: dict, new: dict) -> list[object]:
    return [value for value in old.get("enum", []) if "enum" in new and value not in new["enum"]]


def kind(schema: dict) -> str:
    return str(schema.get("type", "anything"))


def tighter(old: dict, new: dict) -> Iterator[str]:
    """The keywords by which `new` lets fewer values through than `old`."""
    for key, larger_is_tighter in BOUNDS.items():
        before, after = old.get(key), new.get(key)
        if after is not None and (before is None or (after > before if larger_is_tighter else after < before)):
            yield f"{key} {before} and {after}"
    for key in ("pattern", "format"):
        if key in new and new.get(key) != old.get(key):
            yield f"{key} {old.get(key)} and {new[key]}"
    if new.get("uniqueItems") and not old.get("uniqueItems"):
        yield "uniqueItems"


def text_of(promise: object) -> str:
    """JSON with a line for each operation and schema, so that an accepted change can be read as one."""
    text = json.dumps(promise, indent=1, ensure_ascii=False)
    deep = re.compile(r"\n {4,}|\n {3,}(?=[\]}])")
    return deep.sub(" ", text) + "\n"


def main(arguments: list[str]) -> int:
    rest = [word for word in arguments if word != "--accept"]
    root = Path(rest[0]) if rest else Path(__file__).resolve().parent.parent
    promise = promise_of(json.loads((root / DOCUMENT).read_text(encoding="utf-8")))
    if "--accept" in arguments:
        (root / RELEASED).write_text(text_of(promise), encoding="utf-8")
        return 0
    found = list(Comparison(json.loads((root / RELEASED).read_text(encoding="utf-8")), promise).breaks())
    for line in found:
        print(f"{DOCUMENT}: breaks a client: {line}", file=sys.stderr)
    if found:
        print("If that is meant: scripts/api_changes.py --accept, and a line in CHANGELOG.md", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
