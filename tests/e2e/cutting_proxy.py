"""A way to a server that breaks: each connection ends after so many bytes of the answer."""

import contextlib
import socket
import threading
from collections.abc import Iterator

from .waiting import PATIENCE


class CuttingProxy:
    """Listens on a free loopback port. `limits` are those of the first connections; later ones are whole."""

    def __init__(self, address: str, limits: list[int]):
        host, _, port = address.rpartition(":")
        self._server = (host, int(port))
        self._limits: Iterator[int] = iter(limits)
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.cuts = 0
        self._start(self._accept)

    def __enter__(self) -> "CuttingProxy":
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            open_sockets = list(self._sockets)
        for each in open_sockets:
            _end(each)
        for thread in self._threads:
            thread.join(timeout=PATIENCE)

    def _start(self, run, *needs: object) -> None:
        thread = threading.Thread(target=run, args=needs, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                limit = next(self._limits, None)
            self._start(self._carry, client, limit)

    def _carry(self, client: socket.socket, limit: int | None) -> None:
        try:
            server = socket.create_connection(self._server, timeout=PATIENCE)
        except OSError:
            return _end(client)
        with self._lock:
            self._sockets += [client, server]
        self._start(_copy, client, server, None)
        if not _copy(server, client, limit):
            self.cuts += 1
        _end(client)
        _end(server)


def _copy(source: socket.socket, target: socket.socket, limit: int | None) -> bool:
    """Until the source ends; False when `limit` was reached before."""
    try:
        while limit is None or limit > 0:
            got = source.recv(1 << 16 if limit is None else limit)
            if not got:
                return True
            target.sendall(got)
            if limit is not None:
                limit -= len(got)
    except OSError:
        return True
    return False


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
