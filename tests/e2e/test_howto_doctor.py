"""docs/how-to/doctor.md: its commands do what it says, and print what it quotes (pages.py)."""

import json

import pytest

from .conftest import Stage
from .pages import ROOT, Page

pytestmark = pytest.mark.one_store

PAGE = "docs/how-to/doctor.md"


def rows_of_page() -> list[str]:
    """The first column of its table."""
    rows = [line for line in (ROOT / PAGE).read_text().splitlines() if line.startswith("| ")]
    return [row.split(" | ")[0].removeprefix("| ") for row in rows[2:]]


def test_a_set_up_is_looked_at(stage: Stage):
    page = Page(PAGE, stage)
    up = stage.up(data_dir=stage.folder / "home/.local/share/tradeauto")
    page.settings = {"TRADEAUTO_HTTP_PORT": up.ready.http.rpartition(":")[2]}
    looked_at = page.run("look").splitlines()[1:]
    page.run("script")
    checks = json.loads((stage.folder / "doctor.json").read_text())["items"]
    assert len(checks) == len(looked_at)
    assert rows_of_page() == [check["check"] for check in checks], "the page has a row for each check"
