"""What a newcomer meets: each start-up error names the setting, its value and the remedy."""

import json
import os
import socket
import stat
import subprocess
import time

import httpx
import psutil
import pytest

from .api import children, placements, statuses
from .conftest import Running, Stage
from .processes import Server, descendants
from .waiting import PATIENCE, wait_until

pytestmark = pytest.mark.one_store


def refused(server: Server, *facts: str) -> str:
    """The process ends by itself, not with 0, and its output has every one of these facts."""
    code = server.wait_exit()
    assert code not in (0, -6, -11), f"{code}\n{server.tail()}"
    for fact in facts:
        assert fact in server.output, f"{fact!r} is missing:\n{server.tail()}"
    return server.output


def serve(stage: Stage, verb: str, *words: object, **environment: str) -> Server:
    return stage.run(verb, "--http-port", 0, "--grpc-port", 0, *words, environment=environment)


@pytest.mark.parametrize(("flag", "setting"), [("--http-port", "HTTP_PORT"), ("--grpc-port", "GRPC_PORT")])
@pytest.mark.parametrize("verb", ["up", "main"])
def test_a_port_that_is_taken(stage, verb, flag, setting):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = "--grpc-port" if flag == "--http-port" else "--http-port"
        server = stage.run(verb, "--data-dir", stage.folder / "d", flag, port, other, 0)
        refused(server, setting, str(port), "in use")


def test_a_port_is_not_shared_by_two_servers(stage):
    up = stage.up()
    port = up.ready.http.rpartition(":")[2]
    other = stage.run("up", "--data-dir", stage.folder / "other", "--http-port", port, "--grpc-port", 0)
    refused(other, "HTTP_PORT", port)
    assert up.api.get("/healthz").status_code == 200


def test_an_address_file_that_cannot_be_written(stage):
    data_dir = stage.folder / "d"
    (data_dir / "http.address.new").mkdir(parents=True)
    refused(serve(stage, "main", "--data-dir", data_dir), "DATA_DIR", "http.address", "Is a directory")


def test_a_second_process_on_the_same_data_dir(stage):
    up = stage.up()
    second = serve(stage, "up", "--data-dir", up.data_dir)
    refused(second, "DATA_DIR", str(up.data_dir))
    assert str(up.server.pid) in second.output, "the output tells which process has it"
    assert up.api.get("/healthz").status_code == 200
    up.server.kill()
    assert stage.up().api.get("/healthz").status_code == 200, "a killed process leaves no lock"


def test_a_second_worker_on_the_same_data_dir(stage):
    main = stage.main()
    stage.worker(main, "w1")
    words = ["--data-dir", stage.folder / "worker-w1", "--token-file", main.data_dir / "admin.token"]
    second = stage.run("worker", "--main-server-port", main.ready.grpc.rpartition(":")[2], *words)
    refused(second, "DATA_DIR", "worker-w1")


def test_a_data_dir_without_permission(stage):
    locked = stage.folder / "locked"
    locked.mkdir(mode=0o500)
    # Permissions bind root too, once it has lost these capabilities.
    prefix = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    words = ["--data-dir", locked / "d", "--http-port", 0, "--grpc-port", 0]
    refused(stage.run("up", *words, prefix=prefix), "DATA_DIR", str(locked), "ermission")


def test_a_data_dir_that_is_a_file(stage):
    path = stage.folder / "file"
    path.write_text("")
    refused(serve(stage, "up", "--data-dir", path), "DATA_DIR", str(path))


@pytest.mark.parametrize(
    ("words", "facts"),
    [
        (["--http-port", "70000"], ["HTTP_PORT", "70000", "65535"]),
        (["--http-port", "http"], ["HTTP_PORT", "http"]),
        (["--lease-seconds", "0"], ["LEASE_SECONDS", "0"]),
        (["--lease-seconds", "soon"], ["LEASE_SECONDS", "soon"]),
        (["--log-format", "xml"], ["LOG_FORMAT", "xml", "json"]),
        (["--store", "postgres://x"], ["STORE", "sqlite"]),
    ],
    ids=str,
)
def test_a_bad_value_names_the_setting_and_what_is_allowed(stage, words, facts):
    refused(stage.run("up", "--data-dir", stage.folder / "d", *words), *facts)


@pytest.mark.parametrize("place", ["file", "environment", "flag"])
def test_an_unknown_setting_is_named(stage, place):
    words, environment = [], {}
    if place == "file":
        file = stage.folder / "app.json"
        file.write_text(json.dumps({"LEASE_SECOND": 3}))
        words = ["--config", file]
    elif place == "environment":
        environment = {"TRADEAUTO_LEASE_SECOND": "3"}
    else:
        words = ["--lease-second", "3"]
    server = serve(stage, "up", "--data-dir", stage.folder / "d", *words, **environment)
    output = refused(server)
    assert "LEASE_SECOND" in output or "--lease-second" in output
    assert "LEASE_SECONDS" in output or "--lease-seconds" in output, "a hint at what was meant"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"HTTP_PORT": {}}', '{"HTTP_PORT": 1, "HTTP_PORT": 2}'])
def test_a_broken_settings_file_is_named(stage, text):
    file = stage.folder / "app.json"
    file.write_text(text)
    server = stage.run("up", "--data-dir", stage.folder / "d", "--grpc-port", 0, "--config", file)
    refused(server, str(file))


def test_a_settings_file_that_does_not_exist(stage):
    refused(serve(stage, "up", "--data-dir", stage.folder / "d", "--config", stage.folder / "none.json"), "none.json")


def wait_for_workers(up: Running, *names: str) -> None:
    """A worker is ready before its session is."""

    def connected() -> bool:
        return [worker["name"] for worker in up.api.items("/v1/workers")] == list(names)

    wait_until(connected, what=f"these are connected: {names}")


def test_flag_beats_environment_beats_file(stage):
    file = stage.folder / "app.json"
    file.write_text(json.dumps({"WORKER_NAME": "file", "LEASE_SECONDS": "3", "HTTP_PORT": "0"}))
    up = stage.up("--config", file, TRADEAUTO_WORKER_NAME="environment")
    wait_for_workers(up, "environment")
    up.server.stop()
    up = stage.up("--config", file, "--worker-name", "flag", TRADEAUTO_WORKER_NAME="environment")
    wait_for_workers(up, "flag")


def test_a_worker_waits_for_its_main_server_and_says_so(stage):
    main = stage.main()
    port = main.ready.grpc.rpartition(":")[2]
    main.server.kill()
    words = ["--main-server-host", "127.0.0.1", "--main-server-port", port]
    words += ["--token-file", main.data_dir / "admin.token", "--worker-name", "w1"]
    worker = stage.run("worker", "--data-dir", stage.folder / "w", *words)
    line = worker.wait_output(rf"127\.0\.0\.1:{port}")
    assert "MAIN_SERVER" in line or "main server" in line.lower(), line
    assert worker.running

    main = stage.main("--grpc-port", port)
    wait_until(lambda: main.api.items("/v1/workers"), what="the worker comes by itself")
    main.api.paper_group("family", mom={})
    assert statuses(main.api.place_and_wait("family")) == {"mom": "filled"}


def test_a_worker_with_a_wrong_token_is_refused_and_says_so(stage):
    main = stage.main()
    wrong = stage.folder / "wrong.token"
    wrong.write_text("ta_" + "0" * 52 + "\n")
    words = ["--main-server-port", main.ready.grpc.rpartition(":")[2], "--token-file", wrong]
    worker = stage.run("worker", "--data-dir", stage.folder / "w", *words)
    worker.wait_output("(?i)token")
    assert main.api.items("/v1/workers") == []
    assert "ta_000" not in worker.output


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (["--autorsa-command", "/nonexistent/auto_rsa_bot"], "/nonexistent/auto_rsa_bot"),
        (["--autorsa-python", "/nonexistent/python"], "autorsa install"),
    ],
    ids=["command", "python"],
)
def test_without_autorsa_paper_works_and_everything_says_what_to_do(stage, words, fact):
    up = stage.up(*words)
    up.api.paper_group("family", mom={})
    assert statuses(up.api.place_and_wait("family")) == {"mom": "filled"}
    [worker] = up.api.items("/v1/workers")
    told = [text for text in worker["executors"] if text.startswith("autorsa")]
    assert len(told) == 1 and fact in told[0], worker["executors"]
    up.api.tradier_group("broker", "token-1")
    order = up.api.place_and_wait("broker", deadline_seconds=5)
    assert statuses(order)["main"] in ("denied", "expired")
    assert children(order)["main"]["sent"] == "no"


def test_secrets_on_disk_are_the_owners_alone(stage):
    up = stage.up()
    for path in up.data_dir.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_file() and (path.name.endswith((".token", ".key")) or "journal" in path.name or "db" in path.suffix):
            assert mode & 0o077 == 0, f"{path} is {mode:o}"
    assert stat.S_IMODE((up.data_dir / "admin.token").stat().st_mode) == 0o600
    token = (up.data_dir / "admin.token").read_text().strip()
    assert token.startswith("ta_") and token not in up.server.output


class TestFootprint:
    """`tradeauto up`: ready after less than 1 s of a core, idle below 40 MB and 1 % of a core."""

    def test_ready_within_a_second_of_a_core(self, stage):
        up = stage.up()
        used = psutil.Process(up.server.pid).cpu_times()
        assert sum(used[:4]) < 1.0, used  # what it and its children used, however long it waited for a turn

    def test_idle_it_needs_little(self, stage):
        up = stage.up()
        process = psutil.Process(up.server.pid)
        assert up.api.get("/readyz").status_code == 200
        best = 100.0
        for _ in range(3):
            begin, used = time.monotonic(), sum(process.cpu_times()[:2])
            time.sleep(3)  # a measurement over time, not a wait for something
            best = min(best, 100 * (sum(process.cpu_times()[:2]) - used) / (time.monotonic() - begin))
            if best < 1.0:
                break
        assert best < 1.0, f"{best:.2f} % of a core"
        resident = process.memory_info().rss / 2**20
        assert resident < 40, f"{resident:.1f} MB"


@pytest.mark.parametrize("left", ["> /dev/null 2>&1 <&-", ">&- 2>&- <&-", "2>&1 | head -n 1"])
def test_the_demo_goes_on_when_nobody_reads_it(stage, left):
    data_dir = stage.folder / "d"
    words = f"up --demo --data-dir {data_dir} --http-port 0 --grpc-port 0"
    shell = f'"$1" {words} {left} & wait; echo ended'
    command = ["/bin/sh", "-c", shell, "sh", str(stage.binary)]
    server = Server(command, stage.environment(), stage.folder, stage.folder / "log")
    try:
        # Its last accounts and the demo order come after the first words.
        wait_until(lambda: len(placements(data_dir)) == 4, what="the demo order is placed")
        assert server.running
        demo = next(child for child in descendants(server.pid) if child.name() == "tradeauto")
        demo.terminate()
        assert server.wait_exit() == 0
    finally:
        for child in descendants(server.pid):
            child.kill()
    assert not [file for file in data_dir.rglob("*") if file.is_file() and b'"msg"' in file.read_bytes()]


def test_a_log_that_nobody_reads_stops_nothing(stage):
    data_dir = stage.folder / "d"
    ports = ["--http-port", "0", "--grpc-port", "0"]
    command = [stage.binary, "main", "--data-dir", data_dir, *ports, "--log-level", "debug"]
    process = subprocess.Popen([str(word) for word in command], env=stage.environment(), stdout=subprocess.PIPE)
    try:
        ready = json.loads(next(line for line in process.stdout if b'"ready"' in line))
        with httpx.Client(base_url=f"http://{ready['http']}", trust_env=False, timeout=PATIENCE) as client:
            for _ in range(600):  # far more lines than a pipe holds
                assert client.get("/healthz").status_code == 200
            os.read(process.stdout.fileno(), 65536)
            assert client.get("/healthz").status_code == 200
        process.terminate()
        rest = process.stdout.read().decode()
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.wait()
    assert "log lines were lost" in rest and '"stopped"' in rest
