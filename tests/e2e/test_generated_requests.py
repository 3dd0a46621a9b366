"""Requests that Schemathesis makes from the API document, right and wrong ones: no answer may be against the document.

`TRADEAUTO_API_CASES=50000` makes about so many, with a seed of its own, instead of what takes about a minute.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import Running, Stage
from .corpus import tell

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parents[1] / "api/openapi.yaml"
CASES = int(os.environ.get("TRADEAUTO_API_CASES", "0"))
EXAMPLES = 10  # of each operation, in each of two phases; a third phase has a number of its own


@pytest.fixture
def up(stage: Stage) -> Running:
    up = stage.up("--execution-seconds", 2, TRADEAUTO_RATE_LIMIT_PER_MINUTE="0")
    up.api.paper_group("family", mom={}, dad={"SUB_ACCOUNTS": "2"})
    up.api.paper_group("club", kid={"FAULT": "reject"})
    return up


def size_of_the_run() -> list[str]:
    if not CASES:
        return ["--max-examples", str(EXAMPLES)]
    operations = sum(len(methods) for methods in json.loads(DOCUMENT.read_text())["paths"].values())
    return ["--max-examples", str(CASES // operations), "--seed", str(int(time.time()))]


@pytest.mark.timeout(0 if CASES else 600)
def test_no_answer_is_against_the_document(up, stage, record_property):
    report = stage.folder / "report.json"
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT]
    command += ["--url", f"http://{up.ready.http}", "--no-color", "-H", f"Authorization: Bearer {up.api.token}"]
    command += ["--report", "json", "--report-json-path", report, *size_of_the_run()]
    done = subprocess.run(
        [str(word) for word in command],
        cwd=stage.folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(HERE), "NO_PROXY": "*"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    print(done.stdout[-20_000:], done.stderr[-2000:])
    assert done.returncode == 0, "its report is above"
    tell(record_property, "REST, made from the API document", json.loads(report.read_text())["test_cases"]["generated"])
    assert up.api.get("/readyz").status_code == 200
    assert up.api.place_and_wait("family", override=["same_order_again", "in_doubt_open"])["status"] != "working"
    assert '"level":"error"' not in up.server.output
