"""A command on a terminal (a PTY) of a given width."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

from .waiting import PATIENCE


class Terminal:
    """The person's end of it."""

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path, columns: int = 80):
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
        )
        os.close(theirs)
        self.text = ""

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def read_until(self, mark: str) -> None:
        while mark not in self.text:
            assert self._read(), f"it ended without {mark!r}: {self.text}"

    def read_all(self) -> int:
        """Until nobody writes to it any more; the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(timeout=PATIENCE)

    def _read(self) -> bool:
        try:
            got = os.read(self._ours, 4096)
        except OSError:  # a terminal ends with EIO
            return False
        self.text += got.decode(errors="replace").replace("\r\n", "\n")
        return bool(got)


def run_on_terminal(command: list[str], environment: dict[str, str], folder: Path, columns: int = 80) -> tuple[int, str]:
    """Its exit code, and what the terminal got: stdout and stderr together."""
    terminal = Terminal(command, environment, folder, columns)
    code = terminal.read_all()
    return code, terminal.text
