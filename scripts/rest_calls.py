"""Which REST calls an end-to-end test makes, read from its source: method and path of each call that it reaches.

A call is `something.get("/v1/groups")`, with get, put, post, patch, delete, `items` (a page of `tests/e2e/api.py`: GET)
or `request("GET", "/v1/groups")`. The path is a text of the source: a constant, an f-string, a sum of these, or a name
that the same function gives such a text to. What stands for a value in it is one segment of any content.

What a test reaches are the functions that it calls by name and the fixtures that it asks for: those of its own file
and of the modules that this file imports from (`from .api import …`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

METHODS = {name: name.upper() for name in ("get", "put", "post", "patch", "delete")} | {"items": "GET"}
VALUE = "\0"  # in a path: something that the source does not tell

Function = ast.FunctionDef | ast.AsyncFunctionDef
Call = tuple[str, str]  # method, path


class Module:
    """A file of tests or helpers: its functions by name, and the files beside it that it imports from."""

    def __init__(self, path: Path):
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        self.tests: dict[str, Function] = {}
        self.functions: dict[str, list[Function]] = {}
        self.imports: list[Path] = []
        for node in ast.walk(tree):
            if isinstance(node, Function):
                self.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
                self.imports.append(path.parent / f"{node.module}.py")
        for holder, prefix in [(tree, "")] + [(node, f"{node.name}::") for node in tree.body if isinstance(node, ast.ClassDef)]:
            self.tests |= {prefix + node.name: node for node in holder.body if isinstance(node, Function)}


class RestCalls:
    """Reads each file once."""

    def __init__(self) -> None:
        self._modules: dict[Path, Module] = {}

    def of(self, path: Path, test: str) -> set[Call] | None:
        """The calls of the test `name` or `Class::name` of this file; None if there is no such test."""
        module = self._module(path) if path.is_file() else None
        if module is None or not test.rpartition("::")[2].startswith("test_") or test not in module.tests:
            return None
        functions = self._functions(path)
        found: set[Call] = set()
        seen: set[Function] = set()
        to_read = [module.tests[test]]
        while to_read:
            function = to_read.pop()
            if function in seen:
                continue
            seen.add(function)
            found.update(calls_in(function))
            to_read += [target for name in names_in(function) for target in functions.get(name, [])]
        return found

    def _module(self, path: Path) -> Module:
        if path not in self._modules:
            self._modules[path] = Module(path)
        return self._modules[path]

    def _functions(self, path: Path) -> dict[str, list[Function]]:
        found: dict[str, list[Function]] = {}
        seen: set[Path] = set()
        to_read = [path]
        while to_read:
            at = to_read.pop()
            if at in seen or not at.is_file():
                continue
            seen.add(at)
            module = self._module(at)
            to_read += module.imports
            for name, functions in module.functions.items():
                found.setdefault(name, []).extend(functions)
        return found


def names_in(function: Function) -> Iterator[str]:
    """What a function may run: what it calls, and the fixtures that its arguments are."""
    yield from (argument.arg for argument in function.args.args)
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def calls_in(function: Function) -> Iterator[Call]:
    given = texts_by_name(function)
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        method, arguments = METHODS.get(node.func.attr), node.args
        if node.func.attr == "request" and len(arguments) > 1 and isinstance(arguments[0], ast.Constant):
            method, arguments = str(arguments[0].value), arguments[1:]
        if method is not None:
            yield from ((method, text.partition("?")[0]) for text in texts_of(arguments[0], given) if text.startswith("/"))


def texts_by_name(function: Function) -> dict[str, list[str]]:
    """The texts that the function's own names are given: by `name = …` and by `for name in (…, …)`."""
    given: dict[str, list[str]] = {}
    for node in ast.walk(function):
        values: list[ast.expr] = []
        target: ast.expr | None = None
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, values = node.targets[0], [node.value]
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple | ast.List):
            target, values = node.target, node.iter.elts
        if isinstance(target, ast.Name):
            given.setdefault(target.id, []).extend(text for value in values for text in texts_of(value, {}))
    return given


def texts_of(node: ast.expr, given: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else VALUE for part in node.values)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [texts_of(node.left, given)[0] + texts_of(node.right, given)[0]]
    if isinstance(node, ast.Name) and given.get(node.id):
        return given[node.id]
    return [VALUE]


def matches(template: str, path: str) -> bool:
    """Whether a path of the source is one of this template: `{…}` is one segment, and so is what the source does not tell."""
    wanted, got = template.split("/"), path.split("/")
    return len(wanted) == len(got) and all(
        (one.startswith("{") and other != "") or one == other for one, other in zip(wanted, got, strict=True)
    )
