"""What docs/ tells a person to type is typed by a test, and what a page links to is there."""

import re
from pathlib import Path

import pytest

from .pages import BLOCK, ROOT

pytestmark = pytest.mark.one_store

PAGES = sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "README.md"]
TESTS = {path: path.read_text() for path in Path(__file__).parent.glob("test_*.py")}
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_block_is_run_by_nobody_and_no_link_is_dead(page: Path):
    text = page.read_text()
    name = page.relative_to(ROOT).as_posix()
    blocks = [block for block, _, _ in BLOCK.findall(text)]
    runs = "".join(source for source in TESTS.values() if f'"{name}"' in source)
    assert [block for block in blocks if f'"{block}"' not in runs] == []
    links = [link for link in LINK.findall(text) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []
