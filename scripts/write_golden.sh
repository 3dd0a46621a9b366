#!/usr/bin/env bash
# Writes the golden files of the command line (tests/e2e/golden) anew from build/release/tradeauto: each command's help and
# output. Look at `git diff tests/e2e/golden` before you commit them.
set -euo pipefail
cd "$(dirname "$0")/.."
TRADEAUTO_WRITE_GOLDEN=1 .cache/pytest-venv/bin/python -m pytest -q tests/e2e/test_golden_help.py tests/e2e/test_golden_output.py
git status --short tests/e2e/golden
