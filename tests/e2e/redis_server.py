"""A real Redis on a free loopback port: filled as the original main server fills its own, or a store of ours."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .certificates import Identity
from .waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from .conftest import Stage

NUMBERS = {"BBAE": 0, "Fennel": 3, "Public": 6, "Tradier": 11, "Tastytrade": 12}
PASSWORD = "a-password-of-redis"


class Redis:
    """Ends with `stop`. Nothing is written to disk, unless `durable`: then an answer comes after the fsync. With
    `shown` and `authority` it speaks TLS alone, and wants a certificate of that authority if `asks`."""

    def __init__(
        self,
        folder: Path,
        password: str = "",
        durable: bool = False,
        shown: Identity | None = None,
        authority: Path | None = None,
        asks: bool = False,
    ):
        self.folder = folder
        self.password = password
        self.durable = durable
        self.shown = shown
        self.authority = authority
        self.asks = asks
        for _ in range(5):  # another process may take a port between its choice and its use
            self.port = _free_port()
            if self.start():
                return
        raise AssertionError(f"Redis does not start: {(folder / 'redis.log').read_text()[-2000:]}")

    def start(self) -> bool:
        """Starts it, also again after `kill`; false if it ended instead of answering."""
        self._process = _start(self)
        wait_until(lambda: self._process.poll() is not None or self.answers(), what="Redis answers")
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=PATIENCE)

    @property
    def url(self) -> str:
        return f"{'rediss' if self.shown else 'redis'}://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        try:
            return self._command(b"PING").stdout.strip() == b"PONG"
        except subprocess.TimeoutExpired:
            return False

    def command(self, *words: str | bytes) -> bytes:
        done = self._command(*(word.encode() if isinstance(word, str) else word for word in words))
        assert done.returncode == 0 and not done.stdout.startswith((b"ERR", b"WRONGTYPE")), done
        return done.stdout

    def put_account(self, group: str, name: str, brokerage: str, status: int = 1, **details: str) -> None:
        """As the original writes them, in clear."""
        self.command("SADD", f"Group:{group}", name)
        state = {"account_name": name, "brokerage": str(NUMBERS[brokerage]), "status": str(status)}
        self.command("HSET", f"Account:{name}", *(word for pair in state.items() for word in pair))
        self.command("HSET", f"Account:Details:{name}", *(word for pair in details.items() for word in pair))

    def contents(self) -> dict[bytes, bytes]:
        """Every key with its dumped value."""
        keys = sorted(self.command("KEYS", "*").splitlines())
        return {key: self.command("DUMP", key) for key in keys}

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=PATIENCE)

    def _command(self, *words: bytes) -> subprocess.CompletedProcess:
        environment = {"REDISCLI_AUTH": self.password} if self.password else {}
        tls = ["--tls", "--insecure"] if self.shown else []  # what it shows may be what the test is about
        tls += ["--cert", self.shown.certificate, "--key", self.shown.key] if self.shown and self.asks else []
        where = ["-h", "127.0.0.1", "-p", self.port, *tls]
        command = [b"redis-cli", *(str(word).encode() for word in where), *words]
        return subprocess.run(command, capture_output=True, timeout=PATIENCE, env={"PATH": "/usr/bin:/bin", **environment})


def _start(redis: Redis) -> subprocess.Popen:
    # Debian's redis-tools has the server too, under the name of its checker; the package redis-server would start one.
    program = shutil.which("redis-server") or shutil.which("redis-check-rdb")
    assert program, "there is no Redis: install redis-tools"
    keeps = "appendonly yes\nappendfsync always" if redis.durable else "appendonly no"
    folder = redis.folder
    settings = f'bind 127.0.0.1\nsave ""\n{keeps}\ndir {folder}\nlogfile {folder}/redis.log\n'
    settings += f"requirepass {redis.password}\n" if redis.password else ""
    if redis.shown:
        settings += f"port 0\ntls-port {redis.port}\ntls-auth-clients {'yes' if redis.asks else 'no'}\n"
        settings += f"tls-cert-file {redis.shown.certificate}\ntls-key-file {redis.shown.key}\n"
        settings += f"tls-ca-cert-file {redis.authority}\n"
    else:
        settings += f"port {redis.port}\n"
    process = subprocess.Popen(
        ["redis-server", "-"],
        executable=program,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    process.stdin.write(settings.encode())
    process.stdin.close()
    return process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_durable(folder: Path) -> Redis:
    """The Redis of a store; `folder` is made."""
    folder.mkdir()
    return Redis(folder, PASSWORD, durable=True)


def durable_redis(stage: Stage) -> Iterator[Redis]:
    """A fixture: the Redis of a store, which outlives every server of the test."""
    server = start_durable(stage.folder / "redis")
    yield server
    faults = stage.stop()  # before the Redis that it would otherwise miss
    server.stop()
    assert not faults, "\n".join(faults)


def store_words(stage: Stage, redis: Redis, database: int = 0) -> tuple[str, ...]:
    """What names the store on the command line."""
    file = stage.folder / "redis-password"
    file.write_text(f"{PASSWORD}\n")
    file.chmod(0o600)
    return "--store", f"{redis.url}/{database}", "--redis-password-file", str(file)
