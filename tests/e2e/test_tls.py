"""TLS: who is let in, who is sent away and why, on both ports; and certificates that change while orders run."""

import fcntl
import json
import os
import pty
import signal
import socket
import ssl
import subprocess
import termios
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from .api import Api
from .certificates import Authority, Identity, self_signed
from .conftest import Running, Stage
from .processes import Server
from .waiting import wait_until

PLAIN_GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HANDSHAKE_SECONDS = 10  # what both ports grant


@dataclass(frozen=True)
class Pki:
    folder: Path
    ours: Authority
    other: Authority
    main: Identity
    worker: Identity


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    folder = tmp_path / "pki"
    folder.mkdir()
    ours, other = Authority(folder, "ours"), Authority(folder, "other")
    return Pki(folder, ours, other, ours.issue("main"), ours.issue("worker", ("worker.example",)))


def client_context(authority: Authority | None, **limits: object) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if authority is None:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    else:
        context.load_verify_locations(authority.certificate)
    for name, value in limits.items():
        setattr(context, name, value)
    return context


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


class SecureApi(Api):
    def __init__(self, address: str, token: str, authority: Authority):
        super().__init__(address, token)
        self.client.close()
        self.client = httpx.Client(
            base_url=f"https://{address}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=40,
            trust_env=False,
            verify=client_context(authority),
        )


def secure_main(stage: Stage, pki: Pki, *words: object, verb: str = "main", **environment: str) -> Running:
    data_dir = stage.folder / verb
    flags = ("--data-dir", data_dir, "--http-port", 0, "--grpc-port", 0, *pki.main.flags)
    server = stage.run(verb, *flags, *words, environment=environment)
    ready = server.wait_ready()
    api = SecureApi(ready.http, (data_dir / "admin.token").read_text().strip(), pki.ours)
    stage.apis.append(api)
    return Running(server, data_dir, ready, api)


def worker_of(stage: Stage, main: Running, *words: object) -> Server:
    return stage.run(
        "worker",
        *("--data-dir", stage.folder / f"worker-{len(stage.servers)}"),
        *("--main-server-host", "127.0.0.1", "--main-server-port", port_of(main.ready.grpc)),
        *("--token-file", main.data_dir / "admin.token"),
        *words,
    )


def command(stage: Stage, *words: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(word) for word in (stage.binary, *words)],
        cwd=stage.folder,
        env=stage.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=40,
    )


def handshake(address: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", port_of(address)), timeout=20)
    try:
        return context.wrap_socket(raw, server_hostname="127.0.0.1")
    except BaseException:
        raw.close()
        raise


def shown_certificate(address: str, authority: Authority) -> bytes:
    with handshake(address, client_context(authority)) as secure:
        return secure.getpeercert(binary_form=True)


def der(identity: Identity) -> bytes:
    return ssl.PEM_cert_to_DER_cert(identity.certificate.read_text())


# ---- what a server does not start with ----


def unusable(pki: Pki) -> dict[str, tuple[tuple[object, ...], tuple[str, ...]]]:
    """Flags, and what the error says."""
    broken, absent = pki.folder / "broken.pem", pki.folder / "absent.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    certificate_as_key = pki.folder / "certificate.key"
    certificate_as_key.touch(mode=0o600)
    certificate_as_key.write_text(pki.main.certificate.read_text())
    open_key = pki.ours.issue("open")
    open_key.key.chmod(0o644)
    key, certificate = ("--tls-key-file", pki.main.key), ("--tls-cert-file", pki.main.certificate)
    return {
        "expired": (pki.ours.issue("old", begin=-9, end=-1).flags, ("TLS_CERT_FILE", "old.pem", "expired")),
        "not yet valid": (pki.ours.issue("young", begin=1).flags, ("TLS_CERT_FILE", "young.pem", "valid from")),
        "another key": (
            (*certificate, "--tls-key-file", pki.worker.key),
            ("TLS_KEY_FILE", "worker.key", "not the key"),
        ),
        "a key that others can read": (open_key.flags, ("TLS_KEY_FILE", "open.key", "chmod 600")),
        "no key": (certificate, ("TLS_CERT_FILE", "needs its key, TLS_KEY_FILE")),
        "no certificate": (key, ("TLS_KEY_FILE", "needs its certificate, TLS_CERT_FILE")),
        "a broken certificate": (("--tls-cert-file", broken, *key), ("TLS_CERT_FILE", "broken.pem", "PEM")),
        "a certificate for a key": ((*certificate, "--tls-key-file", certificate_as_key), ("TLS_KEY_FILE", "PEM")),
        "an absent certificate": (("--tls-cert-file", absent, *key), ("TLS_CERT_FILE", "absent.pem", "No such file")),
        "an absent key": ((*certificate, "--tls-key-file", absent), ("TLS_KEY_FILE", "absent.pem", "No such file")),
        "an absent authority": ((*certificate, *key, "--tls-ca-file", absent), ("TLS_CA_FILE", "absent.pem")),
        "a broken authority": ((*certificate, *key, "--tls-ca-file", broken), ("TLS_CA_FILE", "broken.pem", "PEM")),
        "an authority alone": (("--tls-ca-file", pki.ours.certificate), ("TLS_CA_FILE", "TLS_CERT_FILE")),
    }


def test_a_main_server_does_not_start_with_what_cannot_be_used(stage, pki):
    for what, (flags, facts) in unusable(pki).items():
        server = stage.run("main", "--data-dir", stage.folder / "d", "--http-port", 0, "--grpc-port", 0, *flags)
        code = server.wait_exit(10)
        assert code == 1, f"{what}: {code}\n{server.tail()}"
        for fact in facts:
            assert fact in server.output, f"{what}: {fact!r} is missing:\n{server.tail()}"
        assert "PRIVATE KEY" not in server.output


@pytest.mark.parametrize(
    ("protocol", "ca", "facts"),
    [("session", False, ("TLS_CERT_FILE", "TLS_CA_FILE")), ("legacy", True, ("TLS_CA_FILE", "WORKER_PROTOCOL"))],
)
def test_a_worker_does_not_start_half_in_clear(stage, pki, protocol, ca, facts):
    flags = ("--tls-ca-file", pki.ours.certificate) if ca else pki.worker.flags
    server = stage.run("worker", "--data-dir", stage.folder / "w", "--worker-protocol", protocol, *flags)
    assert server.wait_exit(10) == 1, server.tail()
    for fact in facts:
        assert fact in server.output, server.tail()


# ---- both ports ----


def test_only_modern_tls_is_spoken_on_both_ports(stage, pki):
    main = secure_main(stage, pki)
    v = ssl.TLSVersion
    for address, protocol in ((main.ready.http, "http/1.1"), (main.ready.grpc, "h2")):
        for version in (v.TLSv1_2, v.TLSv1_3):
            context = client_context(pki.ours, minimum_version=version, maximum_version=version)
            context.set_alpn_protocols(["h2", "http/1.1"] if protocol == "h2" else ["h3", "http/1.1"])
            with handshake(address, context) as secure:
                assert secure.selected_alpn_protocol() == protocol
                assert any(word in secure.cipher()[0] for word in ("GCM", "CHACHA20")), secure.cipher()
        cbc = client_context(pki.ours, maximum_version=v.TLSv1_2)
        cbc.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA:AES128-SHA256:@SECLEVEL=0")
        old = client_context(pki.ours, maximum_version=v.TLSv1_1)
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = v.MINIMUM_SUPPORTED
        for refused in (cbc, old):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                handshake(address, refused).close()
    only_h2 = client_context(pki.ours)
    only_h2.set_alpn_protocols(["h2"])
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(main.ready.http, only_h2).close()


def test_what_comes_in_clear_ends_and_the_servers_go_on(stage, pki):
    main = secure_main(stage, pki, "--log-level", "debug")
    with socket.create_connection(("127.0.0.1", port_of(main.ready.http)), timeout=20) as plain:
        plain.sendall(PLAIN_GET)
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and b"tls_wanted" in answer, answer
    main.server.wait_output("did not come to speak TLS.*clear")
    with socket.create_connection(("127.0.0.1", port_of(main.ready.grpc)), timeout=20) as plain:
        plain.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try:
            assert b"\x00\x00" not in b"".join(iter(lambda: plain.recv(65536), b""))[:9]
        except ConnectionError:
            pass
    for noise in (b"\x16\x03\x01\x00\x05hello", b"\xff" * 300, b""):
        for address in (main.ready.http, main.ready.grpc):
            with socket.create_connection(("127.0.0.1", port_of(address)), timeout=20) as client:
                client.sendall(noise)
    assert main.api.get("/healthz").status_code == 200


def test_half_a_handshake_delays_nobody_and_ends(stage, pki):
    main = secure_main(stage, pki)
    halves = []
    began = time.monotonic()
    for address in (main.ready.http, main.ready.grpc):
        for begin in (b"", b"\x16\x03\x01\x02\x00\x01\x00"):
            half = socket.create_connection(("127.0.0.1", port_of(address)), timeout=HANDSHAKE_SECONDS + 10)
            half.sendall(begin)
            halves.append(half)
    for _ in range(20):
        shown_certificate(main.ready.grpc, pki.ours)
        assert main.api.get("/healthz").status_code == 200
    assert time.monotonic() - began < HANDSHAKE_SECONDS / 2, "others were delayed"
    for half in halves:
        try:
            while half.recv(100):  # an alert may come first
                pass
        except ConnectionError:
            pass
        half.close()
    assert time.monotonic() - began < HANDSHAKE_SECONDS + 8


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_comes_again_resumes(stage, pki, version):
    main = secure_main(stage, pki)
    context = client_context(pki.ours, minimum_version=version, maximum_version=version)
    with handshake(main.ready.http, context) as first:
        first.sendall(PLAIN_GET)
        assert first.recv(65536).startswith(b"HTTP/1.1 200 ")
        session = first.session
    raw = socket.create_connection(("127.0.0.1", port_of(main.ready.http)), timeout=20)
    with context.wrap_socket(raw, server_hostname="127.0.0.1", session=session) as second:
        assert second.session_reused
        second.sendall(PLAIN_GET)
        assert second.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_large_bodies_and_many_requests_on_one_connection(stage, pki):
    main = secure_main(stage, pki)
    for _ in range(20):
        assert main.api.get("/openapi.json").json()["openapi"]
    too_large = main.api.client.post("/v1/orders", content=b" " * (2 << 20))
    assert too_large.status_code == 413


# ---- workers ----


def place_through(main: Running, worker: Server) -> None:
    main.api.paper_group("family", mom={})
    wait_until(lambda: main.api.items("/v1/workers"), within=20, what="the worker has joined")
    assert main.api.place_and_wait("family")["status"] == "settled", worker.tail()


def test_a_worker_with_a_certificate_of_the_authority_joins(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate, *pki.worker.flags)
    worker.wait_ready()
    place_through(main, worker)


def test_a_main_server_without_an_authority_asks_workers_for_no_certificate(stage, pki):
    main = secure_main(stage, pki)
    worker = worker_of(stage, main, "--tls-ca-file", pki.ours.certificate)
    worker.wait_ready()
    place_through(main, worker)


def test_a_worker_without_a_good_certificate_never_joins(stage, pki):
    main = secure_main(stage, pki, "--tls-ca-file", pki.ours.certificate)
    trusting = ("--tls-ca-file", pki.ours.certificate)
    strangers = [
        (),
        (*trusting,),
        (*trusting, *pki.other.issue("stranger").flags),
        (*trusting, *self_signed(pki.folder).flags),
    ]
    workers = [worker_of(stage, main, *flags) for flags in strangers]
    for worker in workers:
        worker.wait_output("main server.*(cannot be reached|no answer)", within=30)
    assert main.api.items("/v1/workers") == []


@pytest.mark.parametrize("fault", ["another authority", "another name", "self-signed", "in clear"])
def test_a_worker_leaves_a_main_server_that_is_not_its_own(stage, pki, fault):
    shown = {
        "another name": pki.ours.issue("elsewhere", ("elsewhere.example",)),
        "self-signed": self_signed(pki.folder),
    }
    trusted = pki.other if fault == "another authority" else pki.ours
    if fault == "in clear":
        main = stage.main()
        said = "SSL|WRONG_VERSION|wrong version"
    else:
        other = Pki(pki.folder, pki.ours, pki.other, shown.get(fault, pki.main), pki.worker)
        main = secure_main(stage, other)
        said = "CERTIFICATE_VERIFY_FAILED|certificate verify"
        if fault == "another name":
            said = "Peer name .* is not in peer certificate"
    worker = worker_of(stage, main, "--tls-ca-file", trusted.certificate)
    worker.wait_output(said, within=30)


def test_original_workers_are_not_promised_what_they_cannot_reach(stage, pki):
    main = secure_main(stage, pki, "--legacy-workers", "on")
    main.server.wait_output("speak no TLS.*LEGACY_WORKERS")


# ---- the command line ----


class Impostor:
    """A server that shows `identity` (None: speaks in clear) and keeps whatever it is told."""

    def __init__(self, identity: Identity | None):
        self.told = b""
        self._identity = identity
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            client, _ = self._listener.accept()
            with client:
                client.settimeout(10)
                if self._identity is None:
                    client.recv(65536)
                    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                    return
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(self._identity.certificate, self._identity.key)
                with context.wrap_socket(client, server_side=True) as secure:
                    self.told = secure.recv(65536)
                    secure.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n{"items":[],"next_cursor":null}  ')
        except OSError:
            pass

    def close(self) -> None:
        self._thread.join(timeout=15)
        self._listener.close()


def identities(pki: Pki) -> dict[str, tuple[Identity | None, str]]:
    return {
        "expired": (pki.ours.issue("old", begin=-9, end=-1), "expired"),
        "not yet valid": (pki.ours.issue("young", begin=1), "not yet valid"),
        "another name": (pki.ours.issue("elsewhere", ("elsewhere.example", "127.0.0.2")), "mismatch"),
        "another authority": (pki.other.issue("stranger"), "issuer"),
        "self-signed": (self_signed(pki.folder), "self"),
        "in clear": (None, "does not speak TLS"),
    }


def test_a_command_goes_on_only_with_the_right_server(stage, pki):
    token = stage.folder / "token"
    main = secure_main(stage, pki)
    token.write_text((main.data_dir / "admin.token").read_text())
    token.chmod(0o600)
    with_token = ("--token-file", token, "--tls-ca-file", pki.ours.certificate)
    for what, (identity, said) in identities(pki).items():
        impostor = Impostor(identity)
        done = command(stage, "group", "list", "--server", f"https://{impostor.address}", *with_token)
        impostor.close()
        assert done.returncode == 8, f"{what}: {done}"
        assert said in done.stderr and "Nothing was sent." in done.stderr, f"{what}: {done.stderr}"
        assert impostor.told == b"", what
    for good in (f"https://127.0.0.1:{port_of(main.ready.http)}", f"https://localhost:{port_of(main.ready.http)}"):
        done = command(stage, "group", "list", "--server", good, *with_token)
        assert done.returncode == 0 and done.stderr == "", done
    untrusted = command(stage, "group", "list", "--server", good, "--token-file", token)
    assert untrusted.returncode == 8 and "issuer" in untrusted.stderr, untrusted


def test_a_command_in_clear_is_told_that_the_port_speaks_https(stage, pki):
    main = secure_main(stage, pki)
    done = command(
        stage, "group", "list", "--server", f"http://{main.ready.http}", "--token-file", main.data_dir / "admin.token"
    )
    assert done.returncode == 2 and "https://" in done.stderr, done


def test_on_the_servers_own_machine_nothing_need_be_said(stage, pki):
    elsewhere = pki.ours.issue("elsewhere", ("main.example",))
    up = secure_main(stage, Pki(pki.folder, pki.ours, pki.other, elsewhere, pki.worker), verb="up")
    own = ("--data-dir", up.data_dir)
    assert command(stage, "group", "add", "family", *own).returncode == 0
    assert command(stage, "account", "add", "family/mom", "--brokerage", "Paper", *own).returncode == 0
    done = command(stage, "order", "buy", "1", "AAPL", "--group", "family", "--confirm", "family", *own)
    assert done.returncode == 0 and "filled" in done.stdout, done
    # Whoever takes the port when the server is gone is not told the token.
    address = (up.data_dir / "http.address").read_text().split()
    impostor = Impostor(pki.ours.issue("impostor"))
    address[1] = impostor.address.rpartition(":")[2]
    (up.data_dir / "http.address").write_text(" ".join(address))
    done = command(stage, "group", "list", *own)
    impostor.close()
    assert done.returncode == 8 and impostor.told == b"", done


# ---- SIGHUP ----


def reload(server: Server, expected: str) -> None:
    before = server.output.count(expected)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.output.count(expected) > before, within=10, what=f"{expected}\n{server.tail()}")


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
            fresh = httpx.get(f"https://{address}/healthz", verify=context, trust_env=False, timeout=20)
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
        assert all(client.result(timeout=60) > 0 for client in clients)
    assert command(stage, "group", "list", "--data-dir", main.data_dir).returncode == 0, "the command line follows"
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
    worker.wait_output("main server.*(cannot be reached|no answer)", within=30)
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
        assert named in up.server.output.splitlines()[-1], up.server.tail(5)
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
    assert process.wait(timeout=20) == 0
