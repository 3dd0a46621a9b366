"""The words check finds a synonym in whatever shape a name has, and nothing else."""

from pathlib import Path

import check_words
import pytest


@pytest.mark.parametrize(
    "line",
    [
        "// each leg of the order",
        "int leg_count = 0;",
        "class JobQueue {",
        "std::string jobId;",
        "a trade request",
        "TradeRequests",
        "trade-request",
        "BROKER_ACCOUNT",
        '"broker account": 1',
        "subaccounts",
    ],
)
def test_a_synonym_is_found(line: str) -> None:
    assert len(list(check_words.findings_of(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "legacy links and jobless people",
        "brokerage, account",
        "trade, then request",
        "sub-account, sub_account, SubAccount",
        "never say leg here <!-- words-check: allow the list of banned words -->",
    ],
)
def test_what_is_no_synonym_passes(line: str) -> None:
    assert list(check_words.findings_of(line)) == []


def test_an_allowance_gives_its_reason() -> None:
    assert list(check_words.findings_of("leg  // words-check: allow"))


def test_code_contracts_and_pages_are_read_and_captured_data_is_not(tmp_path: Path) -> None:
    for path in ("src/base/a.h", "api/openapi.yaml", "docs/adr/1.md", "README.md", "proto/tradeauto/v1/a.proto"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("fine\nthe job\n", encoding="utf-8")
    for path in ("tests/data/a.md", "proto/legacy/a.proto", "src/base/a.bin"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("the job\n", encoding="utf-8")
    found = check_words.check(tmp_path)
    assert sorted(line.split(": ")[0] for line in found) == [
        "README.md:2", "api/openapi.yaml:2", "docs/adr/1.md:2", "proto/tradeauto/v1/a.proto:2", "src/base/a.h:2",
    ]
