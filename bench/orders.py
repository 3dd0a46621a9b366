#!/usr/bin/env python3
"""What our own overhead is: the release binary on paper accounts that fill at once, from a client on loopback.

usage: bench/orders.py [BINARY]      (default: build/release/tradeauto; the system's Python is enough)

Everything is measured in one run, and each row is also told as a ratio to `GET /healthz` at the same number of clients:
machines differ, the ratio hardly does. `accept` is POST /v1/orders until the 201 (order, child orders and event on disk);
`round trip` waits for the answer of the broker (Prefer: wait), so it has accept, offer, start permit, both journals,
executor, reports and all their fsyncs in it.
"""

import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 4
ACCOUNTS = 4
numbers = itertools.count(1)


class Server:
    def __init__(self, binary: str, data_dir: str):
        words = ["up", "--data-dir", data_dir, "--http-port", "0", "--grpc-port", "0", "--log-level", "warn"]
        begin = time.monotonic()
        self.process = subprocess.Popen([binary, *words], stdout=subprocess.PIPE, text=True)
        ready = next(json.loads(line) for line in self.process.stdout if '"ready"' in line)
        self.ready_seconds = time.monotonic() - begin
        self.host, _, port = ready["http"].rpartition(":")
        self.port = int(port)
        self.headers = {"Authorization": "Bearer " + (Path(data_dir) / "admin.token").read_text().strip()}

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def status(self, key: str) -> int:
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in text.splitlines() if line.startswith(key)))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def call(connection, method, path, headers, body=None):
    connection.request(method, path, body and json.dumps(body), {**headers, "Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {text[:300]!r}")
    return json.loads(text) if text else None


def order(group: str) -> dict:
    name = f"bench-{next(numbers)}"
    return {"client_order_id": name, "group": group, "side": "buy", "quantity": "1", "symbols": ["AAPL"]}


def measure(server: Server, clients: int, one) -> list[float]:
    """Latencies in milliseconds of `one(connection, client)` at `clients` clients for SECONDS."""
    times: list[float] = []
    failures: list[BaseException] = []
    lock = threading.Lock()
    end = time.monotonic() + SECONDS

    def client(number: int) -> None:
        mine = []
        connection = server.connect()
        try:
            while time.monotonic() < end:
                begin = time.perf_counter()
                one(connection, number)
                mine.append(1000 * (time.perf_counter() - begin))
        except BaseException as error:
            failures.append(error)
        with lock:
            times.extend(mine)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return times


def main() -> None:
    binary = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/tradeauto")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(binary, os.path.join(folder, "data"))
        try:
            run(server)
        finally:
            server.stop()


def run(server: Server) -> None:
    setup = server.connect()
    idle = server.status("VmRSS") / 1024
    groups = [f"g{number}" for number in range(16)]
    for group in groups:
        call(setup, "PUT", f"/v1/groups/{group}", server.headers, {})
        for account in range(ACCOUNTS):
            body = {"brokerage": "Paper", "credentials": {"FILL_DELAY_MS": "0", "CASH": "100000000"}}
            call(setup, "PUT", f"/v1/groups/{group}/accounts/a{account}", server.headers, body)
    answer = {}
    while answer.get("status") != "settled":  # until a worker has all groups
        answer = call(setup, "POST", "/v1/orders", {**server.headers, "Prefer": "wait=30"}, order(groups[-1]))

    def healthz(connection, _):
        call(connection, "GET", "/healthz", {})

    def accept(connection, number):
        call(connection, "POST", "/v1/orders", server.headers, order(groups[number]))

    def round_trip(connection, number):
        headers = {**server.headers, "Prefer": "wait=30"}
        status = call(connection, "POST", "/v1/orders", headers, order(groups[number]))["status"]
        if status != "settled":
            raise SystemExit(f"an order is {status}")

    print(f"ready in {server.ready_seconds:.2f} s, {idle:.0f} MB idle, {server.status('Threads')} threads")
    print(f"{'':12} clients    per second   p50 ms   p99 ms   p50 / healthz")
    for clients in (1, 16):
        floor = 0.0
        for name, one in (("healthz", healthz), ("round trip", round_trip), ("accept", accept)):
            times = measure(server, clients, one)
            middle = statistics.median(times)
            floor = floor or middle
            late = statistics.quantiles(times, n=100)[98]
            rate = len(times) / SECONDS
            print(f"{name:12} {clients:7} {rate:13.0f} {middle:8.2f} {late:8.2f} {middle / floor:12.1f}")
    print(f"{server.status('VmRSS') / 1024:.0f} MB at the end; an order here has {ACCOUNTS} child orders")


if __name__ == "__main__":
    main()
