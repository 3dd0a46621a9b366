#!/usr/bin/env python3
"""Our worker beside an original one, in one run: one start of a program that does nothing for each Transaction.

usage: bench/legacy_worker.py [BUILD] [FOLDER]

BUILD holds `bench/legacy_worker_bench` (default: build/bench); FOLDER is where the journal goes, on the disk that is
measured (default: BUILD/journal). Needs grpcio, as the tests do: run it with their Python.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from legacy_peers.worker import OriginalWorker  # noqa: E402  (tests/ is no package of the system's)

SECONDS = 4


class ProgramWorker(OriginalWorker):
    """Starts its CLI for each Transaction, as the original does."""

    def __init__(self, folder: Path, program: Path):
        super().__init__(folder)
        self._program = str(program)

    def _transaction(self, _task) -> str:
        return subprocess.run([self._program], check=True, capture_output=True, text=True).stdout


def main() -> None:
    build = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench")
    journal = Path(sys.argv[2]) if len(sys.argv) > 2 else build / "journal"
    with tempfile.TemporaryDirectory() as folder:
        original = ProgramWorker(Path(folder), build / "bench/bench_noop")
        words = [build / "bench/legacy_worker_bench", journal, str(SECONDS), f"{original.host}:{original.port}"]
        try:
            subprocess.run(words, check=True)
        finally:
            original.kill()


main()
