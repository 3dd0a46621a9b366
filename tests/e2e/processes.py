"""`tradeauto` as processes: start, read what it says, kill, and find whatever it left behind."""

import ctypes
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import psutil

from .waiting import PATIENCE

_PR_SET_CHILD_SUBREAPER = 36
_TEXT_READY = re.compile(r"\bready\b")
_FIELD = re.compile(r"(\w+)=(\S+)")


def adopt_orphans() -> None:
    """Makes this process the parent of every orphan below it, so that `descendants` finds them all."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """The living processes below `pid` (default: below this test); a zombie is dead."""
    try:
        return [child for child in psutil.Process(pid).children(recursive=True) if alive(child)]
    except psutil.NoSuchProcess:
        return []


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def describe(processes: list[psutil.Process]) -> str:
    def one(process: psutil.Process) -> str:
        try:
            return f"{process.pid} {' '.join(process.cmdline())[:200]}"
        except psutil.Error:
            return f"{process.pid} (gone)"

    return "; ".join(one(process) for process in processes)


@dataclass(frozen=True)
class Ready:
    """What the server's ready line says."""

    seconds: float  # from the start of the process
    http: str = ""
    grpc: str = ""
    task_fetcher: str = ""


class Server:
    """One `tradeauto` server process. Its output is kept, line by line, in `log` too."""

    def __init__(self, command: list[str], environment: dict[str, str], cwd: Path, log: Path):
        self.name = " ".join(command)
        self._log = log
        self._lines: deque[str] = deque(maxlen=20000)
        self._changed = threading.Condition()
        self._ended = False
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def output(self) -> str:
        with self._changed:
            return "\n".join(self._lines)

    def wait_ready(self, within: float = PATIENCE) -> Ready:
        """Fails the test if the process ends, or if `within` seconds are over, before it is ready."""
        end = self._started + within
        seen = 0
        with self._changed:
            while True:
                lines = list(self._lines)
                for line in lines[seen:]:
                    fields = ready_fields(line)
                    if fields is not None:
                        known = {key: fields[key] for key in ("http", "grpc", "task_fetcher") if key in fields}
                        return Ready(time.monotonic() - self._started, **known)
                seen = len(lines)
                left = end - time.monotonic()
                if self._ended or left <= 0:
                    state = f"ended with {self.process.wait()}" if self._ended else f"not ready within {within} s"
                    raise AssertionError(f"{self.name}: {state}\n" + "\n".join(lines[-40:]))
                self._changed.wait(left)

    def wait_output(self, pattern: str, within: float = PATIENCE) -> str:
        """The first line that matches, from the start of the process on."""
        end = time.monotonic() + within
        with self._changed:
            while True:
                found = next((line for line in self._lines if re.search(pattern, line)), None)
                if found is not None:
                    return found
                left = end - time.monotonic()
                if left <= 0 or self._ended:
                    raise AssertionError(f"no line like {pattern!r}:\n" + "\n".join(list(self._lines)[-40:]))
                self._changed.wait(left)

    def wait_exit(self, within: float = PATIENCE) -> int:
        code = self.process.wait(timeout=within)
        self._reader.join(timeout=PATIENCE)
        return code

    def kill(self) -> list[psutil.Process]:
        """kill -9 of this process alone. Returns what was alive below it at that moment."""
        below = descendants(self.pid)
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        return below

    def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        if self.running:
            self.process.terminate()
        try:
            return self.wait_exit()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end {self.name} within {PATIENCE} s\n{self.tail()}") from None

    def tail(self, count: int = 40) -> str:
        return "\n".join(self.output.splitlines()[-count:])

    def _read(self) -> None:
        with self._log.open("a", encoding="utf-8") as file:
            for line in self.process.stdout:
                file.write(line)
                file.flush()
                with self._changed:
                    self._lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()


def ready_fields(line: str) -> dict[str, str] | None:
    """The fields of a ready line, text or JSON; None for any other line."""
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            return None
        return {key: str(value) for key, value in entry.items()} if entry.get("msg") == "ready" else None
    return dict(_FIELD.findall(line)) if _TEXT_READY.search(line) else None


def reap_adopted(own: set[int]) -> None:
    """Takes away the zombies of orphans that were adopted; `own` children are waited for by their owners."""
    for child in psutil.Process().children():
        if child.pid not in own:
            try:
                os.waitpid(child.pid, os.WNOHANG)
            except ChildProcessError:
                continue
