"""What breaks a client is found, in requests and in answers; what does not is let be."""

import copy
import json
from pathlib import Path

import api_changes
import pytest

DOCUMENT = {
    "info": {"title": "a"},
    "paths": {
        "/orders": {
            "post": {
                "x-scope": "orders:write",
                "summary": "Place one",
                "parameters": [
                    {"$ref": "#/components/parameters/Key"},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500}},
                ],
                "requestBody": {
                    "required": False,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}},
                },
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    },
                    "409": {"description": "No."},
                },
            },
        },
        "/version": {"get": {"security": [], "responses": {"200": {"description": "It is 1."}}}},
    },
    "components": {
        "parameters": {"Key": {"name": "Key", "in": "header", "schema": {"type": "string", "maxLength": 64}}},
        "schemas": {
            "Request": {
                "type": "object",
                "required": ["side"],
                "properties": {
                    "side": {"type": "string", "enum": ["buy", "sell"]},
                    "note": {"type": "string", "minLength": 1, "pattern": "^a"},
                    "symbols": {"type": "array", "items": {"type": "string"}, "maxItems": 50},
                    "group": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                    "description": {"type": "string"},
                },
                "additionalProperties": False,
            },
            "Order": {
                "type": "object",
                "required": ["id", "price"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "price": {"type": ["string", "null"]},
                    "status": {"type": "string", "enum": ["working", "settled"]},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Order"}},
                },
            },
        },
    },
}
POST = "paths./orders.post"
REQUEST = "components.schemas.Request"
ORDER = "components.schemas.Order"


def changed(path: str, value: object) -> dict:
    """DOCUMENT with another value at `a.b.c`; None: without it."""
    document = copy.deepcopy(DOCUMENT)
    *way, last = path.split(".")
    at = document
    for part in way:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return document


def breaks(new: dict) -> list[str]:
    return list(api_changes.Comparison(api_changes.promise_of(DOCUMENT), api_changes.promise_of(new)).breaks())


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("paths./version", None, "GET /version: is gone"),
        (POST, None, "POST /orders: is gone"),
        (f"{POST}.x-scope", "admin", "the scope was orders:write and is admin"),
        ("paths./version.get.x-scope", "admin", "the scope was none and is admin"),
        (f"{POST}.responses.409", None, "the status 409 is gone"),
        (f"{POST}.responses.200.headers", {}, "200: the header ETag is gone"),
        (f"{POST}.responses.200.content", {"text/plain": {"schema": {}}}, "200 application/json is gone"),
        (f"{POST}.parameters", DOCUMENT["paths"]["/orders"]["post"]["parameters"][:1], "the parameter query limit is gone"),
        ("components.parameters.Key.required", True, "the parameter header Key is required now"),
        ("components.parameters.Key.schema.maxLength", 32, "header Key: maxLength 64 and 32"),
        ("components.parameters.Key.schema.type", "integer", "header Key: string is not taken any more"),
        (f"{POST}.requestBody.required", True, "a body is required now"),
        (f"{POST}.requestBody.content", {}, "body application/json is gone"),
        (f"{REQUEST}.required", ["side", "note"], "body.note: is required now"),
        (f"{REQUEST}.properties.note", None, "body.note: is gone"),
        (f"{REQUEST}.properties.description", None, "body.description: is gone"),
        (f"{REQUEST}.properties.side.enum", ["buy"], 'body.side: the value "sell" is gone'),
        (f"{REQUEST}.properties.note.enum", ["a"], "body.note: only some values are taken now"),
        (f"{REQUEST}.properties.note.minLength", 2, "body.note: minLength 1 and 2"),
        (f"{REQUEST}.properties.note.pattern", "^b", "body.note: pattern ^a and ^b"),
        (f"{REQUEST}.properties.note.format", "uuid", "body.note: format None and uuid"),
        (f"{REQUEST}.properties.symbols.minItems", 1, "body.symbols: minItems None and 1"),
        (f"{REQUEST}.properties.symbols.uniqueItems", True, "body.symbols: uniqueItems"),
        (f"{REQUEST}.properties.symbols.items.maxLength", 16, "body.symbols[]: maxLength None and 16"),
        (f"{REQUEST}.properties.group", {"type": "string"}, "body.group: null is not taken any more"),
        (f"{ORDER}.properties.status", None, "200.status: is gone"),
        (f"{ORDER}.properties.status.enum", ["working"], '200.status: the value "settled" is gone'),
        (f"{ORDER}.properties.price.type", ["string", "null", "integer"], "200.price: integer is a new type of it"),
        (f"{ORDER}.properties.id.type", "integer", "200.id: integer is a new type of it"),
        (f"{ORDER}.properties.id.format", None, "200.id: format None and uuid"),
        (f"{ORDER}.required", ["id"], "200.price: may be missing now"),
    ],
    ids=str,
)
def test_what_breaks_a_client_is_said_once(path, value, said):
    found = breaks(changed(path, value))
    assert len(found) == 1 and found[0].endswith(said), found


def test_a_new_parameter_that_is_required_breaks():
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/orders"]["post"]["parameters"].append(
        {"name": "at", "in": "query", "required": True, "schema": {"type": "string"}}
    )
    assert breaks(document) == ["POST /orders: the parameter query at is required now"]


def test_alternatives_have_what_stands_beside_them():
    one_of = [{"required": ["note"]}, {"required": ["symbols"], "properties": {"symbols": {"minItems": 1}}}]
    old = changed(f"{REQUEST}.oneOf", one_of)
    assert list(api_changes.Comparison(old, old).breaks()) == []
    assert breaks(old) == ["POST /orders: body.note: is required now"]
    del (new := copy.deepcopy(old))["components"]["schemas"]["Request"]["properties"]["side"]
    assert set(api_changes.Comparison(old, new).breaks()) == {"POST /orders: body.side: is gone"}


def test_an_open_request_that_is_closed_breaks():
    old = changed(f"{REQUEST}.additionalProperties", {"type": "string"})
    found = list(api_changes.Comparison(old, DOCUMENT).breaks())
    assert found == ["POST /orders: body: other fields are refused now"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("info", {"title": "b"}),
        (f"{POST}.summary", "Another"),
        (f"{POST}.x-test", "tests/e2e/test_a.py::test_it"),
        (f"{POST}.responses.422", {"description": "No."}),
        (f"{POST}.operationId", "another"),
        ("paths./orders.get", {"responses": {}}),
        ("paths./groups", {"get": {"responses": {}}}),
        ("components.parameters.Key.schema.maxLength", 128),
        ("components.parameters.Key.schema.maxLength", None),
        (f"{REQUEST}.required", []),
        (f"{REQUEST}.properties.more", {"type": "string"}),
        (f"{REQUEST}.properties.side.enum", ["buy", "sell", "hold"]),
        (f"{REQUEST}.properties.note.pattern", None),
        (f"{REQUEST}.properties.note.type", ["string", "null"]),
        (f"{REQUEST}.properties.group", {"type": ["null", "string"]}),
        (f"{REQUEST}.additionalProperties", True),
        (f"{ORDER}.required", ["id", "price", "status"]),
        (f"{ORDER}.properties.more", {"type": "string"}),
        (f"{ORDER}.properties.status.enum", ["working", "settled", "failed"]),
        (f"{ORDER}.properties.price.type", "string"),
        (f"{ORDER}.properties.status.maxLength", 9),
    ],
    ids=str,
)
def test_what_breaks_nobody_is_let_be(path, value):
    assert breaks(changed(path, value)) == []


def test_a_break_fails_until_it_is_accepted(tmp_path: Path, capsys):
    (tmp_path / "api").mkdir()

    def run(document: dict, *words: str) -> int:
        (tmp_path / api_changes.DOCUMENT).write_text(json.dumps(document))
        return api_changes.main([*words, str(tmp_path)])

    assert run(DOCUMENT, "--accept") == run(DOCUMENT) == 0
    new = changed(f"{ORDER}.properties.status", None)
    assert run(new) == 1
    assert "200.status: is gone" in (told := capsys.readouterr().err) and "--accept" in told
    assert run(new, "--accept") == run(new) == 0
    released = json.loads((tmp_path / api_changes.RELEASED).read_text())
    assert released == api_changes.promise_of(new)
    assert "description" in released["components"]["schemas"]["Request"]["properties"]
