"""The closing line counts every kind of test once, and a suite that went wrong is never green."""

from pathlib import Path

import close_tests
import pytest

CTEST = """<testsuite name="x">
<testcase name="A.Passes" classname="A.Passes" status="run"><system-out>ok</system-out></testcase>
<testcase name="A.Fails" classname="A.Fails" status="fail"><failure message=""/><system-out>bad</system-out></testcase>
<testcase name="A.Skips" classname="A.Skips" status="notrun">
<skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
<system-out>[ RUN      ] A.Skips
/x/a_test.cc:7: Skipped
no Landlock in this kernel

[  SKIPPED ] A.Skips (0 ms)</system-out></testcase>
<testcase name="A.Missing" classname="A.Missing" status="notrun"><skipped message="Unable to find executable"/></testcase>
</testsuite>"""
PYTEST = """<testsuites><testsuite name="pytest">
<testcase classname="tests.e2e.test_a" name="test_passes"/>
<testcase classname="tests.e2e.test_a" name="test_fails"><failure message="assert 1 == 2"/></testcase>
<testcase classname="tests.e2e.test_a" name="test_breaks"><error message="fixture"/></testcase>
<testcase classname="tests.e2e.test_a" name="test_skips"><skipped message="no Python 3.12"/></testcase>
</testsuite></testsuites>"""
GREEN = '<testsuite><testcase name="A.B" classname="A.B" status="run"/></testsuite>'


@pytest.fixture(autouse=True)
def no_switch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADEAUTO_NO_SKIPS", raising=False)


def close(tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: str) -> tuple[int, list[str]]:
    (tmp_path / "steps.tsv").write_text(steps, encoding="utf-8")
    code = close_tests.main([str(tmp_path / "steps.tsv")])
    return code, capsys.readouterr().out.splitlines()


def suite(tmp_path: Path, exit_code: int, name: str, xml: str) -> str:
    path = tmp_path / f"{name}.xml"
    path.write_text(xml, encoding="utf-8")
    return f"suite\t{exit_code}\t{name}\t{path}\n"


def test_steps_and_suites_are_summed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = "step\tpassed\tformat\t\n" + suite(tmp_path, 8, "ctest", CTEST) + suite(tmp_path, 1, "pytest", PYTEST)
    code, lines = close(tmp_path, capsys, steps)
    assert code == 1
    assert lines[-1] == "3 passed, 4 failed, 2 skipped"
    assert "SKIPPED: ctest: A.Skips: no Landlock in this kernel" in lines
    assert "SKIPPED: pytest: tests.e2e.test_a.test_skips: no Python 3.12" in lines
    assert "FAILED: ctest: A.Missing: not run: Unable to find executable" in lines


def test_all_green_is_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = close(tmp_path, capsys, suite(tmp_path, 0, "ctest", GREEN))
    assert (code, lines) == (0, ["1 passed, 0 failed, 0 skipped"])


def test_a_skip_alone_is_no_failure_until_the_switch_is_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = "step\tpassed\tlayers\t\nstep\tskipped\tredis\tno redis-server\n"
    assert close(tmp_path, capsys, steps)[0] == 0
    monkeypatch.setenv("TRADEAUTO_NO_SKIPS", "1")
    code, lines = close(tmp_path, capsys, steps)
    assert code == 1
    assert lines == ["SKIPPED (counts as failed): redis: no redis-server", "1 passed, 1 failed, 0 skipped"]


@pytest.mark.parametrize(
    ("exit_code", "xml"),
    [(0, "<testsuite/>"), (8, GREEN), (-11, "<testsuite>"), (1, "")],
    ids=["ran no test", "ended badly", "cut report", "empty report"],
)
def test_a_suite_that_went_wrong_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], exit_code: int, xml: str
) -> None:
    code, lines = close(tmp_path, capsys, suite(tmp_path, exit_code, "ctest", xml))
    assert code == 1
    assert ", 1 failed, " in lines[-1]


def test_a_missing_report_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = close(tmp_path, capsys, f"suite\t0\tctest\t{tmp_path}/none.xml\n")
    assert code == 1
    assert lines[-1] == "0 passed, 1 failed, 0 skipped"


def test_a_run_of_nothing_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert close(tmp_path, capsys, "")[0] == 1
