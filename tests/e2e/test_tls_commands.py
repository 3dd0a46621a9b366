"""The command line in TLS: with which server it goes on, and what it tells the others (nothing)."""

import socket
import ssl
import threading

import pytest

from .certificates import Identity, self_signed
from .cli import Cli
from .tls_stage import Pki, make_pki, port_of, secure_main
from .waiting import PATIENCE

pytestmark = pytest.mark.one_store

pki = pytest.fixture(make_pki)


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
        self._thread.join(timeout=PATIENCE)
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
    cli = Cli(stage, None)
    token = stage.folder / "token"
    main = secure_main(stage, pki)
    token.write_text((main.data_dir / "admin.token").read_text())
    token.chmod(0o600)
    with_token = ("--token-file", token, "--tls-ca-file", pki.ours.certificate)
    for what, (identity, said) in identities(pki).items():
        impostor = Impostor(identity)
        done = cli("group", "list", "--server", f"https://{impostor.address}", *with_token)
        impostor.close()
        assert done.returncode == 8, f"{what}: {done}"
        assert said in done.stderr and "Nothing was sent." in done.stderr, f"{what}: {done.stderr}"
        assert impostor.told == b"", what
    for good in (f"https://127.0.0.1:{port_of(main.ready.http)}", f"https://localhost:{port_of(main.ready.http)}"):
        done = cli("group", "list", "--server", good, *with_token)
        assert done.returncode == 0 and done.stderr == "", done
    untrusted = cli("group", "list", "--server", good, "--token-file", token)
    assert untrusted.returncode == 8 and "issuer" in untrusted.stderr, untrusted


def test_a_command_in_clear_is_told_that_the_port_speaks_https(stage, pki):
    main = secure_main(stage, pki)
    done = Cli(stage, main)("group", "list")
    assert done.returncode == 2 and "https://" in done.stderr, done


def test_on_the_servers_own_machine_nothing_need_be_said(stage, pki):
    cli = Cli(stage, None)
    elsewhere = pki.ours.issue("elsewhere", ("main.example",))
    up = secure_main(stage, Pki(pki.folder, pki.ours, pki.other, elsewhere, pki.worker), verb="up")
    own = ("--data-dir", up.data_dir)
    assert cli("group", "add", "family", *own).returncode == 0
    assert cli("account", "add", "family/mom", "--brokerage", "Paper", *own).returncode == 0
    done = cli("order", "buy", "1", "AAPL", "--group", "family", "--confirm", "family", *own)
    assert done.returncode == 0 and "filled" in done.stdout, done
    # Whoever takes the port when the server is gone is not told the token.
    address = (up.data_dir / "http.address").read_text().split()
    impostor = Impostor(pki.ours.issue("impostor"))
    address[1] = impostor.address.rpartition(":")[2]
    (up.data_dir / "http.address").write_text(" ".join(address))
    done = cli("group", "list", *own)
    impostor.close()
    assert done.returncode == 8 and impostor.told == b"", done
