"""Append-only JSON lines, on disk and in memory."""

import datetime
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path


class Ledger:
    """A line is on disk before `append` returns; `wait` wakes as soon as one arrives. Safe to use from any thread."""

    def __init__(self, path: Path):
        self.path = path
        self._file = path.open("a", encoding="utf-8")
        self._entries: list[dict] = []
        self._changed = threading.Condition()

    def append(self, **entry: object) -> None:
        entry["at"] = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        with self._changed:
            if self._file.closed:
                return
            self._file.write(json.dumps(entry) + "\n")
            self._file.flush()
            self._entries.append(entry)
            self._changed.notify_all()

    def entries(self) -> list[dict]:
        with self._changed:
            return list(self._entries)

    def wait(self, fits: Callable[[dict], bool], *, count: int = 1, timeout: float = 120.0) -> list[dict]:
        """Returns the entries that fit once there are `count`; raises TimeoutError when `timeout` seconds are over."""
        end = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [entry for entry in self._entries if fits(entry)]
                if len(found) >= count:
                    return found
                left = end - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    raise TimeoutError(f"{len(found)} of {count} entries in {self.path.name} after {timeout} s")

    def close(self) -> None:
        with self._changed:
            self._file.close()
