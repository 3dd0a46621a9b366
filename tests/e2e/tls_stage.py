"""Servers that speak TLS, the authorities behind them, and clients that look closely."""

import signal
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx

from .api import Api
from .certificates import Authority, Identity
from .conftest import Running, Stage
from .processes import Server
from .waiting import PATIENCE, wait_until


@dataclass(frozen=True)
class Pki:
    folder: Path
    ours: Authority
    other: Authority
    main: Identity
    worker: Identity


def make_pki(tmp_path: Path) -> Pki:
    """A fixture."""
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
            timeout=PATIENCE,
            trust_env=False,
            verify=client_context(authority),
            event_hooks=self.client.event_hooks,
        )


def secure_main(stage: Stage, pki: Pki, *words: object, verb: str = "main", **environment: str) -> Running:
    data_dir = stage.folder / verb
    flags = ("--data-dir", data_dir, "--http-port", 0, "--grpc-port", 0, *pki.main.flags)
    server = stage.run(verb, *flags, *words, environment=environment)
    ready = server.wait_ready()
    api = SecureApi(ready.http, (data_dir / "admin.token").read_text().strip(), pki.ours)
    return stage.serving(Running(server, data_dir, ready, api))


def worker_of(stage: Stage, main: Running, *words: object) -> Server:
    return stage.run(
        "worker",
        *("--data-dir", stage.folder / f"worker-{len(stage.servers)}"),
        *("--main-server-host", "127.0.0.1", "--main-server-port", port_of(main.ready.grpc)),
        *("--token-file", main.data_dir / "admin.token"),
        *words,
    )


def handshake(address: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    raw = socket.create_connection(("127.0.0.1", port_of(address)), timeout=PATIENCE)
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


def place_through(main: Running, worker: Server) -> None:
    main.api.paper_group("family", mom={})
    wait_until(lambda: main.api.items("/v1/workers"), what="the worker has joined")
    assert main.api.place_and_wait("family")["status"] == "settled", worker.tail()


def reload(server: Server, expected: str) -> None:
    before = server.output.count(expected)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.output.count(expected) > before, what=f"{expected}\n{server.tail()}")
