"""SIGHUP: certificates and the log level change while orders run; what is not good changes nothing."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import termios
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from .cli import Cli
from .tls_stage import (
    SecureApi,
    client_context,
    der,
    handshake,
    make_pki,
    place_through,
    reload,
    secure_main,
    shown_certificate,
    worker_of,
)
from .waiting import PATIENCE

pytestmark = pytest.mark.one_store

pki = pytest.fixture(make_pki)


def test_certificates_change_while_orders_run(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate, *pki.worker.flags)
    worker.wait_ready()
    place_through(main, worker)
    stop = threading.Event()
    address = main.ready.http

    def place_orders(_: int) -> int:
        placed = 0
        api = SecureApi(address, main.api.token, pki.ours)
        context = client_context(pki.ours)
        while not stop.is_set():
            api.place("family")
            fresh = httpx.get(f"https://{address}/healthz", verify=context, trust_env=False, timeout=PATIENCE)
            assert fresh.status_code == 200
            placed += 1
        api.close()
        return placed

    with ThreadPoolExecutor(3) as pool:
        clients = [pool.submit(place_orders, number) for number in range(3)]
        try:
            for number in range(5):
                renewed = pki.ours.issue(f"renewed-{number}")
                renewed.copy_to(pki.main)
                reload(main.server, "settings are read anew")
                for port in (main.ready.http, main.ready.grpc):
                    context = client_context(pki.ours)
                    context.load_cert_chain(pki.worker.certificate, pki.worker.key)
                    with handshake(port, context) as secure:
                        assert secure.getpeercert(binary_form=True) == der(renewed)
        finally:
            stop.set()
        assert all(client.result(timeout=PATIENCE) > 0 for client in clients)
    assert Cli(stage, None)("group", "list", "--data-dir", main.data_dir).returncode == 0, "the command line follows"
    for order in main.api.orders(limit=500):
        assert main.api.done(order["id"])["status"] == "settled"


def test_a_renewal_that_is_broken_keeps_the_old_certificate(stage, pki):
    main = secure_main(stage, pki)
    good = der(pki.main)
    good_text = pki.main.certificate.read_text()
    for broken in ("", "no certificate", good_text[:200], pki.worker.certificate.read_text()):
        pki.main.certificate.write_text(broken)
        reload(main.server, "the certificates are not good; the old ones stay")
        for port in (main.ready.http, main.ready.grpc):
            assert shown_certificate(port, pki.ours) == good
    assert "TLS_CERT_FILE" in main.server.output
    pki.ours.issue("old", begin=-9, end=-1).copy_to(pki.main)
    reload(main.server, "the certificates are not good; the old ones stay")
    assert shown_certificate(main.ready.http, pki.ours) == good


def test_a_worker_takes_its_new_certificate_for_the_next_session(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    stranger = pki.other.issue("stranger")
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate, *stranger.flags)
    worker.wait_output("main server.*(cannot be reached|no answer)")
    pki.worker.copy_to(stranger)
    reload(worker, "settings are read anew")
    place_through(main, worker)


def test_sighup_reads_the_log_level_anew_and_never_ends_the_process(stage):
    config = stage.folder / "settings.json"
    config.write_text(json.dumps({"LOG_LEVEL": "warn"}))
    up = stage.up("--config", config)
    up.api.paper_group("demo", mom={})
    config.write_text(json.dumps({"LOG_LEVEL": "debug"}))
    reload(up.server, "settings are read anew")
    for bad, named in (('{"LOG_LEVEL": "loud"}', "LOG_LEVEL"), ('{"NO_SUCH": 1}', "NO_SUCH"), ("{", "--config")):
        config.write_text(bad)
        reload(up.server, "the settings are not good; the old ones stay")
        told = [line for line in up.server.output.splitlines() if "the settings are not good" in line]
        assert named in told[-1], up.server.tail(5)
    config.unlink()
    reload(up.server, "the settings are not good; the old ones stay")
    for _ in range(50):
        os.kill(up.server.pid, signal.SIGHUP)
    assert up.api.place_and_wait("demo")["status"] == "settled"


def test_a_terminal_that_is_closed_ends_the_servers(stage):
    """SIGHUP then means that whoever ran this is gone."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [stage.binary, "up", "--data-dir", stage.folder / "d", "--http-port", "0", "--grpc-port", "0"],
        cwd=stage.folder,
        env=stage.environment(),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(slave, termios.TIOCSCTTY, 0),
    )
    os.close(slave)
    said = b""
    while b"ready http=" not in said:
        said += os.read(master, 4096)
    process.send_signal(signal.SIGHUP)
    while b"read anew" not in said:
        said += os.read(master, 4096)
    os.close(master)
    assert process.wait(timeout=PATIENCE) == 0
