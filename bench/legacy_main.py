#!/usr/bin/env python3
"""Our main server under original workers: how many pings it takes, and what 1,000 idle groups cost it.

usage: bench/legacy_main.py [BUILD]      (default: build/bench; the system's Python is enough)

BUILD holds `tradeauto` and `bench/legacy_peers_bench`. That is the peer: C++, so that it does not measure itself.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROUPS = 1000
SECONDS = 4
IDLE_SECONDS = 20


class Main:
    """A main server alone, with a data folder of its own."""

    def __init__(self, build: Path, folder: str):
        words = ["main", "--data-dir", folder, "--http-port", "0", "--grpc-port", "0", "--auth", "off"]
        words += ["--log-level", "error"]
        self.process = subprocess.Popen([build / "tradeauto", *words], stdout=subprocess.PIPE, text=True)
        ready = next(json.loads(line) for line in self.process.stdout if '"ready"' in line)
        self.grpc = ready["grpc"]
        host, _, port = ready["http"].rpartition(":")
        self.http = http.client.HTTPConnection(host, int(port), timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)

    def call(self, method: str, path: str, body=None):
        self.http.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
        answer = self.http.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def status(self, key: str) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith(key)))

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def describe(self) -> str:
        return f"{self.status('VmRSS') / 1024:.0f} MB, {self.status('Threads')} threads"


def pings(build: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, Main(build, folder) as main:
        subprocess.run([build / "bench/legacy_peers_bench", "pings", main.grpc, str(SECONDS)], check=True)
        print(f"main after it: {main.describe()}")


def idle(build: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, Main(build, folder) as main:
        print(f"main alone: {main.describe()}")
        for number in range(GROUPS):
            main.call("POST", f"/createGroup?group_name=g{number}")
        print(f"with {GROUPS} groups: {main.describe()}")
        words = [build / "bench/legacy_peers_bench", "workers", main.grpc, str(GROUPS)]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as workers:
            if workers.stdout.readline() != "ready\n":
                raise SystemExit("the workers are not ready")
            begin = time.monotonic()
            for number in range(GROUPS):
                activate(main, f"g{number}")
            print(f"an account of each is active {time.monotonic() - begin:.1f} s later: {main.describe()}")
            time.sleep(2)
            before, begin = main.cpu_seconds(), time.monotonic()
            time.sleep(IDLE_SECONDS)
            load = (main.cpu_seconds() - before) / (time.monotonic() - begin)
            print(f"{GROUPS} groups idle for {IDLE_SECONDS} s: {main.describe()}, {100 * load:.2f} % of a core")
            workers.stdin.close()


def activate(main: Main, group: str) -> None:
    account = {"group_name": group, "account_name": f"a-{group}", "brokerage": "Tradier"}
    main.call("POST", "/activate", {**account, "cred": {"ACCESS_TOKEN": f"token-{group}"}})


def run() -> None:
    build = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/bench").resolve()
    pings(build)
    idle(build)


if __name__ == "__main__":
    run()
