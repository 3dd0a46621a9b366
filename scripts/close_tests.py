#!/usr/bin/env python3
"""Sums up a run of ./test and prints its closing line: `N passed, N failed, N skipped`.

usage: close_tests.py STEPS_FILE

STEPS_FILE has one tab-separated line for each thing that ./test did:
  step   <passed|failed|skipped>  <name>  <detail>     counts as one
  suite  <exit code>              <name>  <JUnit XML>  counts as many as it has tests

A suite that ended badly without a failed test to show for it (a crash, a missing report, no test at all) counts as
one failure. With TRADEAUTO_NO_SKIPS=1 each skip counts as a failure. Exit status: 0 if nothing failed.
"""

import os
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field

# What ctest says of a test that chose to skip itself; any other "notrun" is a test that could not be started.
CTEST_OWN_SKIPS = ("SKIP_REGULAR_EXPRESSION_MATCHED", "SKIP_RETURN_CODE", "Disabled")


@dataclass
class Sum:
    passed: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)  # (test, reason)
    skips: list[tuple[str, str]] = field(default_factory=list)

    def add(self, status: str, name: str, reason: str) -> None:
        if status == "passed":
            self.passed += 1
        elif status == "skipped":
            self.skips.append((name, reason or "no reason given"))
        else:
            self.failures.append((name, reason or "no reason given"))


def skip_reason(case: ElementTree.Element, message: str) -> str:
    """ctest knows only that a pattern matched; the reason is in the test's output, after gtest's `Skipped`."""
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    for at, line in enumerate(lines):
        if line.endswith("Skipped"):
            reason = next((following for following in lines[at + 1 :] if following), "")
            if reason and not reason.startswith("[  SKIPPED"):
                return reason
    return message


def judge(case: ElementTree.Element) -> tuple[str, str]:
    for tag in ("failure", "error"):
        element = case.find(tag)
        if element is not None:
            return "failed", (element.get("message") or element.text or "").strip().split("\n")[0][:200]
    skipped = case.find("skipped")
    if skipped is None:
        return ("failed", "status fail") if case.get("status") == "fail" else ("passed", "")
    message = (skipped.get("message") or "").strip()
    if case.get("status") == "notrun" and not message.startswith(CTEST_OWN_SKIPS):
        return "failed", f"not run: {message}"
    return "skipped", skip_reason(case, message)


def add_suite(total: Sum, name: str, exit_code: int, path: str) -> None:
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        total.add("failed", name, f"ended with {exit_code} and left no readable report ({error})")
        return
    failed_before = len(total.failures)
    for case in cases:
        of_class = case.get("classname") or ""
        test = case.get("name") or "?"
        status, reason = judge(case)
        total.add(status, f"{name}: {test}" if of_class in ("", test) else f"{name}: {of_class}.{test}", reason)
    if not cases:
        total.add("failed", name, f"ended with {exit_code} and ran no test")
    elif exit_code != 0 and len(total.failures) == failed_before:
        total.add("failed", name, f"ended with {exit_code}, though no test of it failed")


def sum_up(lines: list[str]) -> Sum:
    total = Sum()
    for line in lines:
        kind, result, name, detail = (line.rstrip("\n").split("\t") + ["", "", ""])[:4]
        if kind == "step":
            total.add(result, name, detail)
        elif kind == "suite":
            add_suite(total, name, int(result), detail)
        else:
            total.add("failed", "close_tests", f"unknown line: {line!r}")
    if not lines:
        total.add("failed", "close_tests", "nothing was run")
    return total


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        total = sum_up(file.readlines())

    skips_fail = os.environ.get("TRADEAUTO_NO_SKIPS", "") not in ("", "0")
    for name, reason in total.skips:
        print(f"SKIPPED{' (counts as failed)' if skips_fail else ''}: {name}: {reason}")
    for name, reason in total.failures:
        print(f"FAILED: {name}: {reason}")
    failed = len(total.failures) + (len(total.skips) if skips_fail else 0)
    skipped = 0 if skips_fail else len(total.skips)
    print(f"{total.passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
