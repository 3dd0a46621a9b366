"""The API document as the judge of every answer that `Api` gets: its status, its content type and its body.

A schema of answers that says nothing of further fields has none: a field that the document does not name is a fault.
"""

import functools
import json
from pathlib import Path

import httpx
import jsonschema_rs

DOCUMENT = Path(__file__).resolve().parents[2] / "api/openapi.yaml"
PROBLEM = "#/components/responses/Problem"
# What may be wrong with a request before anybody looks at what it asks for.
OF_EVERY_REQUEST = ("400", "405", "408", "413", "417", "431", "501", "505")


def closed(node: object) -> object:
    """Schemas with fields take no others, unless they say so."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: closed(value) for key, value in node.items()}
    if isinstance(node.get("properties"), dict) and node.get("type") == "object":
        node.setdefault("additionalProperties", False)
    return node


class Contract:
    def __init__(self, document: dict):
        self._components = document["components"]
        self._schemas = closed(self._components["schemas"])
        self._paths = [(path.split("/"), methods) for path, methods in document["paths"].items()]
        # The most exact template first: /v1/orders/preview before /v1/orders/{id}.
        self._validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._paths.sort(key=lambda entry: sum(part.startswith("{") for part in entry[0]))

    def faults(self, method: str, target: str, answer: httpx.Response) -> list[str]:
        """What of this answer the document does not say; the whole of it must have been read."""
        methods = self._methods_of(target.partition("?")[0])
        if methods is None or method == "OPTIONS":
            return []  # the original's routes, CORS
        responses = methods.get(method.lower(), {}).get("responses", {})
        status = str(answer.status_code)
        if status in responses:
            response = self._resolved(responses[status])
        elif status in OF_EVERY_REQUEST and (status != "405") == (method.lower() in methods):
            response = self._resolved({"$ref": PROBLEM})
        else:
            return [f"status {status} is not documented"]
        return self._content_faults(response.get("content", {}), answer)

    def _content_faults(self, content: dict, answer: httpx.Response) -> list[str]:
        if not content:
            return ["a body is not documented"] if answer.content else []
        media = answer.headers.get("content-type", "").partition(";")[0]
        if media not in content:
            return [f"content type {media or 'none'} is not documented"]
        if not media.endswith("json"):
            return []
        validator = self._validator(content[media]["schema"])
        return [f"/{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(answer.json())]

    def _validator(self, schema: dict) -> jsonschema_rs.Draft202012Validator:
        key = json.dumps(schema)
        if key not in self._validators:
            whole = closed(schema) | {"components": {"schemas": self._schemas}}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self._validators[key]

    def _methods_of(self, path: str) -> dict | None:
        parts = path.split("/")
        for template, methods in self._paths:
            if len(template) == len(parts) and all(
                one == other or (one.startswith("{") and other) for one, other in zip(template, parts, strict=True)
            ):
                return methods
        return None

    def _resolved(self, node: dict) -> dict:
        if "$ref" not in node:
            return node
        kind, name = node["$ref"].removeprefix("#/components/").split("/")
        return self._components[kind][name]


@functools.cache
def contract() -> Contract:
    return Contract(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def hold(answer: httpx.Response) -> None:
    """A hook of httpx: fails the test on an answer that the document does not know."""
    answer.read()
    request = answer.request
    found = contract().faults(request.method, request.url.raw_path.decode(), answer)
    assert not found, f"{request.method} {request.url}: {answer.status_code} {answer.text[:500]}\nnot in api/openapi.yaml: {found}"
