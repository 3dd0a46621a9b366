"""The HTTPS proxy that the child is pointed at. It forwards nothing: it answers for the hosts that it knows."""

import json
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .faults import Fault, FaultBook
from .ledger import Ledger
from .sites import Reply, Request

_IDLE_SECONDS = 60
_GARBAGE = Reply(200, b"<html>not what you asked for</html>", "text/html")
_EMPTY = Reply(200, b"")


@dataclass(frozen=True)
class Host:
    site: object
    tls: ssl.SSLContext


class Proxy(ThreadingHTTPServer):
    """Answers `CONNECT host:443` for known hosts with TLS of our own; everything else is refused and recorded."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, hosts: dict[str, Host], faults: FaultBook, requests: Ledger, violations: Ledger):
        super().__init__(("127.0.0.1", port), _ProxyHandler)
        self.hosts = hosts
        self.faults = faults
        self.requests = requests
        self.violations = violations
        self.stopping = threading.Event()

    def handle_error(self, request, client_address):
        """A child that was killed leaves broken connections: they are part of the tests, not an error of ours."""


class _ProxyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def do_CONNECT(self):
        name, _, port = self.path.rpartition(":")
        host = self.server.hosts.get(name) if port == "443" else None
        if host is None:
            self._refuse(self.path)
            return
        self.close_connection = True
        self.send_response(200, "Connection established")
        self.end_headers()
        with host.tls.wrap_socket(self.connection, server_side=True) as connection:
            _SiteHandler(connection, self.client_address, self.server, name, host.site)

    def _refuse(self, what: str) -> None:
        self.server.violations.append(kind="host", method=self.command, target=what)
        self.close_connection = True
        self.send_error(403, "Refused by the test's proxy")

    def _refuse_plain(self) -> None:
        parts = urlsplit(self.path)
        self._refuse(f"{parts.scheme}://{parts.netloc}")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _refuse_plain

    def log_message(self, format, *args):
        """Silent: the request ledger tells what happened."""


class _Cut(Exception):
    """The connection ends here without an answer."""


class _SiteHandler(BaseHTTPRequestHandler):
    """The requests of one TLS connection to one known host."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def __init__(self, connection, address, server: Proxy, host: str, site):
        self._host = host
        self._site = site
        super().__init__(connection, address, server)

    def handle(self):
        try:
            super().handle()
        except (_Cut, OSError):
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        request = Request(self.command, self.path, token, self.rfile.read(length))
        place = self._site.phase(request)
        if place is None:
            self.server.violations.append(kind="path", method=self.command, target=f"{self._host}{request.path}")
            self._send(Reply(404, b"{}"))
            return
        phase, account = place
        fault = self.server.faults.take(phase, account)
        self.server.requests.append(host=self._host, phase=phase, account=account, fault=fault.mode if fault else None)
        spoils = fault is not None and not fault.decides
        if spoils and not fault.after:
            spoiled = self._spoil(fault, None)
            if spoiled is not None:
                self._send(spoiled)
                return
        reply = self._site.answer(request, fault)
        if spoils and fault.after:
            reply = self._spoil(fault, reply)
        self._send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _spoil(self, fault: Fault, reply: Reply | None) -> Reply | None:
        """What is answered instead of `reply`; `slow` gives it back as it is. Raises _Cut when nothing is answered."""
        if fault.spoil == "slow":
            self.server.stopping.wait(fault.seconds)
            return reply
        if fault.spoil == "hang":
            self.server.stopping.wait(fault.seconds or None)
            raise _Cut
        if fault.spoil == "drop":
            raise _Cut
        if fault.spoil == "garbage":
            return _GARBAGE
        if fault.spoil == "empty":
            return _EMPTY
        body = fault.text or json.dumps({"message": "stand-in fault", "error": "stand-in fault"})
        return Reply(int(fault.spoil), body.encode())

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format, *args):
        """Silent: the request ledger tells what happened."""
