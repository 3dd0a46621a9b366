"""`config show` and `config validate`, as a person meets them: where a value came from, and all that is wrong at once."""

import json
import subprocess
from pathlib import Path

import pytest

from .conftest import Stage
from .waiting import PATIENCE

pytestmark = pytest.mark.one_store

# configs/app.json of the original worker, to the letter.
ORIGINAL = {
    "MAIN_SERVER_HOST": "localhost",
    "MAIN_SERVER_PORT": 8080,
    "TASK_FETCHER_HOST": "0.0.0.0",
    "TASK_FETCHER_PORT": 50051,
}


def config(stage: Stage, *words: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [stage.binary, "config", *words],
        cwd=stage.folder,
        env=stage.environment(**environment),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def write_file(stage: Stage, values: dict) -> Path:
    path = stage.folder / "configs/app.json"
    path.parent.mkdir()
    path.write_text(json.dumps(values))
    return path


def test_each_value_tells_where_it_came_from(stage):
    write_file(stage, ORIGINAL | {"LOG_LEVEL": "warn"})
    shown = config(stage, "show", "--origin", "-o", "json", "--http-port", "1", TRADEAUTO_LOG_LEVEL="debug")
    assert shown.returncode == 0, shown.stderr
    rows = {row["key"]: (row["value"], row["origin"]) for row in json.loads(shown.stdout)["items"]}
    assert rows["HTTP_PORT"] == ("1", "flag --http-port")
    assert rows["LOG_LEVEL"] == ("debug", "environment TRADEAUTO_LOG_LEVEL")
    assert rows["GRPC_PORT"] == ("50052", "default")
    value, origin = rows["MAIN_SERVER_PORT"]
    assert value == "8080" and origin.startswith("file ") and origin.endswith("configs/app.json")


def test_the_originals_file_works_as_it_is_with_a_warning(stage):
    write_file(stage, ORIGINAL)
    checked = config(stage, "validate")
    assert checked.returncode == 0
    assert checked.stdout == ""
    assert checked.stderr.startswith("warning: TASK_FETCHER_HOST = 0.0.0.0 (from file ")


def test_all_faults_are_told_at_once(stage):
    write_file(stage, {"HTTP_PROT": 1, "LOG_LEVEL": "loud"})
    checked = config(stage, "validate", TRADEAUTO_GRPC_PORT="many")
    assert checked.returncode == 2
    lines = checked.stderr.splitlines()
    assert len(lines) == 3
    assert any("HTTP_PROT" in line and "did you mean HTTP_PORT?" in line for line in lines)
    assert any("LOG_LEVEL" in line and "debug info warn error" in line for line in lines)
    assert any("GRPC_PORT" in line and "0 to 65535" in line and "TRADEAUTO_GRPC_PORT" in line for line in lines)


@pytest.mark.parametrize("format", ["table", "json", "yaml", "csv", "name"])
def test_settings_are_shown_in_every_format(stage, format):
    shown = config(stage, "show", "-o", format)
    assert shown.returncode == 0
    assert "TASK_FETCHER_PORT" in shown.stdout
