"""The table of operations has every row and believes none: commands and tests are looked up."""

import json
from pathlib import Path

import operations_table
import pytest
from rest_calls import RestCalls, matches

OPERATION = {"x-command": "order list", "x-scope": "orders:read", "x-test": "tests/e2e/test_a.py::test_it"}
COMMANDS = 'CLI::App& noun = set.noun("order", "…");\nadd_verb(noun, "list", "all", "tradeauto order list");\n'


class Tree:
    """A repository with one operation, GET /v1/orders/{id}, and what it names."""

    def __init__(self, root: Path):
        self.root = root
        self.operation = dict(OPERATION)
        self.paths = {"/v1/orders/{id}": {"get": self.operation}}
        self.write("src/cli/order_commands.cc", COMMANDS)
        self.write("docs/reference/operations.md", "")
        self.test('    up.api.get(f"/v1/orders/{up.id}")')

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def test(self, body: str, before: str = "") -> None:
        self.write("tests/e2e/test_a.py", f"from .api import Api\n{before}\ndef test_it(up):\n{body}\n")

    def run(self, *words: str) -> int:
        self.write("api/openapi.yaml", json.dumps({"paths": self.paths}))
        return operations_table.main([*words, str(self.root)])


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_row_is_written_and_then_is_what_it_should_be(tree, capsys):
    assert tree.run("--check") == 1
    assert "run scripts/operations_table.py" in capsys.readouterr().err
    assert tree.run() == 0
    assert tree.run("--check") == 0
    page = (tree.root / "docs/reference/operations.md").read_text()
    row = "| `GET /v1/orders/{id}` | `tradeauto order list` | `orders:read` | [`test_a.py`](../../tests/e2e/test_a.py)`::test_it` |"
    assert row in page.splitlines()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"x-command": None}, "has no x-command"),
        ({"x-command": "order lst"}, "no `order lst`"),
        ({"x-command": "orders of all kinds"}, "no `orders of all kinds`"),
        ({"x-command": "order list --json"}, "no `order list --json`"),
        ({"x-command": "-"}, "reason"),
        ({"x-scope": None}, "x-scope"),
        ({"x-test": None}, "has no x-test"),
        ({"x-test": "tests/e2e/test_a.py"}, "has no x-test"),
        ({"x-test": "tests/e2e/test_a.py::test_that"}, "there is no"),
        ({"x-test": "tests/e2e/test_b.py::test_it"}, "there is no"),
        ({"x-test": "src/http/test_a.py::test_it"}, "is not in tests/e2e/"),
    ],
    ids=str,
)
def test_what_an_operation_lacks_is_told_and_nothing_is_written(tree, change, fault, capsys):
    tree.operation.update(change)
    assert tree.run() == 1
    assert [line for line in capsys.readouterr().err.splitlines() if "GET /v1/orders/{id} " in line and fault in line]
    assert (tree.root / "docs/reference/operations.md").read_text() == ""


def test_a_page_needs_no_command_for_a_reason_and_no_scope(tree):
    tree.operation.update({"x-command": "- a page for browsers", "x-scope": None, "security": []})
    assert tree.run() == 0
    page = (tree.root / "docs/reference/operations.md").read_text()
    assert "| none: a page for browsers | everybody |" in page


@pytest.mark.parametrize(
    ("before", "body"),
    [
        ("", '    up.api.client.get("/v1/orders/1?x=/y")'),
        ("", '    up.api.client.request("GET", "/v1/orders/" + up.id)'),
        ("", '    up.api.items(f"/v1/orders/{up.id}")'),
        ("", '    path = f"/v1/orders/{up.id}"\n    up.api.get(path)'),
        ("", '    for path in ("/v1/groups", "/v1/orders/1"):\n        up.api.get(path)'),
        ("", "    Api(up).order(1)"),
        ("def look(api):\n    api.get('/v1/orders/1')\n", "    look(up.api)"),
        ("class Life:\n    def look(self):\n        self.api.get('/v1/orders/1')\n", "    Life(up).look()"),
        ("def up():\n    api.get('/v1/orders/1')\n", "    pass"),
    ],
    ids=str,
)
def test_a_call_that_the_test_reaches_counts(tree, before, body):
    tree.write("tests/e2e/api.py", 'class Api:\n    def order(self, id):\n        return self.get(f"/v1/orders/{id}")\n')
    tree.test(body, before)
    assert tree.run() == 0


@pytest.mark.parametrize(
    "body",
    [
        "    pass",
        '    up.api.get("/v1/orders")',
        '    up.api.get("/v1/orders/")',
        '    up.api.get("/v1/orders/1/cancel")',
        '    up.api.client.post("/v1/orders/1")',
        '    up.api.client.request("DELETE", "/v1/orders/1")',
        '    up.api.get(f"{up.path}/1")',
        '    "GET /v1/orders/1"',
        '    up.api.get("/v1/orders/preview")',
    ],
    ids=str,
)
def test_another_call_does_not_count(tree, body, capsys):
    tree.paths["/v1/orders/preview"] = {"get": dict(OPERATION)}
    tree.test(body, "def test_other(up):\n    up.api.get('/v1/orders/1')\n")
    assert tree.run() == 1
    assert "makes no call GET /v1/orders/{id}" in capsys.readouterr().err


def test_a_test_of_a_class_is_named_with_it(tmp_path):
    file = tmp_path / "test_a.py"
    file.write_text("class TestIt:\n    def test_one(self):\n        api.get('/v1/me')\n    def helper(self):\n        pass\n")
    assert RestCalls().of(file, "TestIt::test_one") == {("GET", "/v1/me")}
    assert RestCalls().of(file, "test_one") is None
    assert RestCalls().of(file, "TestIt::helper") is None


def test_a_value_is_one_segment():
    assert matches("/v1/groups/{group}/accounts", "/v1/groups/\0/accounts")
    assert not matches("/v1/groups/{group}/accounts", "/v1/groups/\0")
    assert not matches("/v1/groups/{group}", "/v1/groups/")
    assert not matches("/v1/groups", "/v1/\0")
