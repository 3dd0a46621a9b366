#!/usr/bin/env python3
"""What our own overhead is: orders on the release binary, each beside the floor that it stands on, in one run.

usage: bench/orders.py [BUILD] [FOLDER]

BUILD holds `tradeauto`, `bench/rest_load` and `bench/floor_server` (default: build/bench); FOLDER is on the disk that is
measured (default: BUILD). Needs the tests' Python (Redis and certificates are made as the tests make them).

accept: POST /v1/orders until the 201, to a main server without a worker. settle: until the broker has filled it
(Prefer: wait), so accept, offer, start permit, journal, paper brokerage, reports and the fsyncs of all of them are in it.
Each order has one account, each client its own group. The floor of SQLite answers after a group-committed fdatasync, that
of Redis after an XADD.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from e2e.api import Api  # noqa: E402  (tests/ is no package of the system's)
from e2e.certificates import Authority  # noqa: E402
from e2e.processes import Server  # noqa: E402
from e2e.redis_server import PASSWORD, Redis  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "4"))
CLIENTS = (1, 16, 64)
ACCOUNT = {"FILL_DELAY_MS": "0", "CASH": "100000000"}


class Bench:
    def __init__(self, build: Path, folder: Path):
        self.build = build
        self.folder = folder
        self.redis = Redis(self._new_folder("redis"), PASSWORD, durable=True)
        self.password_file = folder / "redis-password"
        self.password_file.write_text(f"{PASSWORD}\n")
        self.password_file.chmod(0o600)
        self.authority = Authority(folder, "bench")

    def _new_folder(self, name: str) -> Path:
        (self.folder / name).mkdir()
        return self.folder / name

    @contextmanager
    def floor(self) -> Iterator[str]:
        words = [self.build / "bench/floor_server", self.folder, str(self.redis.port), PASSWORD]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        yield f"127.0.0.1:{process.stdout.readline().strip()}"
        process.stdin.close()
        process.wait(timeout=10)

    @contextmanager
    def server(self, verb: str, name: str, *words: object) -> Iterator["Running"]:
        data_dir = self.folder / name
        flags = ("--data-dir", data_dir, "--http-port", 0, "--grpc-port", 0, "--rate-limit-per-minute", 0)
        command = [str(word) for word in (self.build / "tradeauto", verb, *flags, "--log-level", "warn", *words)]
        server = Server(command, dict(os.environ), self.folder, self.folder / f"{name}.log")
        try:
            yield Running(server, data_dir, server.wait_ready())
        finally:
            server.stop()

    def load(self, address: str, kind: str, clients: int, *flags: object) -> dict:
        words = [self.build / "bench/rest_load", address, kind, clients, SECONDS, *flags]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)


class Running:
    """A server with a group and an account for each client."""

    def __init__(self, server: Server, data_dir: Path, ready):
        self.server = server
        self.ready = ready
        self.token_file = data_dir / "admin.token"
        self.flags = ("--token", self.token_file)

    def furnish(self, authority: Path | None = None) -> None:
        api = Api(self.ready.http, self.token_file.read_text().strip())
        if authority:
            headers = dict(api.client.headers)
            api.client = httpx.Client(base_url=f"https://{self.ready.http}", headers=headers, verify=str(authority))
            self.flags += ("--ca", authority)
        for number in range(max(CLIENTS)):
            api.put_group(f"g{number}")
            api.put_account(f"g{number}", "a", "Paper", **ACCOUNT)
        api.close()

    def memory(self) -> float:
        text = Path(f"/proc/{self.server.pid}/status").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) / 1024


def row(name: str, clients: int, times: dict, floor: dict | None = None) -> None:
    ratios = ""
    if floor:
        ratios = f"{times['p50'] / floor['p50']:.1f} | {times['p99'] / floor['p99']:.1f} | {times['rate'] / floor['rate']:.0%}"
    print(f"| {name} | {clients} | {times['rate']:.0f} | {times['p50']:.2f} | {times['p99']:.2f} | {ratios or '| |'} |", flush=True)


def fdatasync_alone(folder: Path) -> dict:
    file = os.open(folder / "fdatasync", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    times = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        begin = time.perf_counter()
        os.write(file, b"x" * 100)
        os.fdatasync(file)
        times.append(1000 * (time.perf_counter() - begin))
    os.close(file)
    times.sort()
    return {"rate": len(times) / SECONDS, "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def accept(bench: Bench, floor: str, name: str, floor_kind: str, *store: object) -> None:
    with bench.server("main", f"main-{name}", *store) as main:
        main.furnish()
        for clients in CLIENTS:
            least = bench.load(floor, floor_kind, clients)
            row(f"floor: HTTP and {floor_kind[1:]}", clients, least)
            row(f"{name}: accepted", clients, bench.load(main.ready.http, "accept", clients, *main.flags), least)


def accept_in_tls(bench: Bench) -> None:
    identity = bench.authority.issue("server")
    with bench.server("main", "main-plain") as plain, bench.server("main", "main-tls", *identity.flags) as tls:
        plain.furnish()
        tls.furnish(bench.authority.certificate)
        for clients in CLIENTS:
            in_clear = bench.load(plain.ready.http, "accept", clients, *plain.flags)
            row("sqlite: accepted, in clear", clients, in_clear)
            row("sqlite: accepted, in TLS", clients, bench.load(tls.ready.http, "accept", clients, *tls.flags), in_clear)


def settle(bench: Bench, name: str, *store: object) -> None:
    with bench.server("up", f"up-{name}", *store) as up:
        idle = up.memory()
        up.furnish()
        for clients in CLIENTS:
            row(f"{name}: settled", clients, bench.load(up.ready.http, "settle", clients, *up.flags))
        print(f"\n{name}: {up.server.wait_ready().seconds:.2f} s to ready, {idle:.0f} MB idle, {up.memory():.0f} MB at the end\n")


def main() -> None:
    build = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench").absolute()
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else build) as folder:
        bench = Bench(build, Path(folder))
        redis = ("--store", bench.redis.url, "--redis-password-file", bench.password_file)
        print("| one run | clients | per second | p50 ms | p99 ms | p50 / floor | p99 / floor | rate / floor |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        try:
            row("floor: append and fdatasync, no HTTP", 1, fdatasync_alone(Path(folder)))
            with bench.floor() as floor:
                for clients in CLIENTS:
                    row("floor: HTTP", clients, bench.load(floor, "/echo", clients))
                accept(bench, floor, "sqlite", "/commit")
                accept(bench, floor, "redis", "/xadd", *redis)
            accept_in_tls(bench)
            settle(bench, "sqlite")
            bench.redis.command("FLUSHALL")
            settle(bench, "redis", *redis)
        finally:
            bench.redis.stop()


main()
