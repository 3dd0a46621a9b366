"""TLS on both ports: what a server does not start with, what is spoken, and what comes in clear."""

import select
import socket
import ssl

import pytest

from .tls_stage import Pki, client_context, handshake, make_pki, port_of, secure_main, shown_certificate
from .waiting import PATIENCE

pytestmark = pytest.mark.one_store

PLAIN_GET = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

pki = pytest.fixture(make_pki)


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
    with socket.create_connection(("127.0.0.1", port_of(main.ready.http)), timeout=PATIENCE) as plain:
        plain.sendall(PLAIN_GET)
        answer = b"".join(iter(lambda: plain.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and b"tls_wanted" in answer, answer
    main.server.wait_output("did not come to speak TLS.*clear")
    with socket.create_connection(("127.0.0.1", port_of(main.ready.grpc)), timeout=PATIENCE) as plain:
        plain.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        try:
            assert b"\x00\x00" not in b"".join(iter(lambda: plain.recv(65536), b""))[:9]
        except ConnectionError:
            pass
    for noise in (b"\x16\x03\x01\x00\x05hello", b"\xff" * 300, b""):
        for address in (main.ready.http, main.ready.grpc):
            with socket.create_connection(("127.0.0.1", port_of(address)), timeout=PATIENCE) as client:
                client.sendall(noise)
    assert main.api.get("/healthz").status_code == 200


def test_half_a_handshake_delays_nobody_and_ends(stage, pki):
    main = secure_main(stage, pki)
    halves = []
    for address in (main.ready.http, main.ready.grpc):
        for begin in (b"", b"\x16\x03\x01\x02\x00\x01\x00"):
            half = socket.create_connection(("127.0.0.1", port_of(address)), timeout=PATIENCE)
            half.sendall(begin)
            halves.append(half)
    for _ in range(5):
        shown_certificate(main.ready.grpc, pki.ours)
        assert main.api.get("/healthz").status_code == 200
    assert select.select(halves, [], [], 0)[0] == [], "others were delayed until the halves were over"
    for half in halves:
        try:
            while half.recv(100):  # an alert may come first
                pass
        except ConnectionError:
            pass
        half.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_client_that_comes_again_resumes(stage, pki, version):
    main = secure_main(stage, pki)
    context = client_context(pki.ours, minimum_version=version, maximum_version=version)
    with handshake(main.ready.http, context) as first:
        first.sendall(PLAIN_GET)
        assert first.recv(65536).startswith(b"HTTP/1.1 200 ")
        session = first.session
    raw = socket.create_connection(("127.0.0.1", port_of(main.ready.http)), timeout=PATIENCE)
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
