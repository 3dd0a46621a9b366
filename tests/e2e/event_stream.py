"""/v1/events as a client reads it that may be cut off at any byte."""

import json
import socket

from .api import Api


class EventStream:
    """One connection. `seen` goes out as Last-Event-ID."""

    def __init__(self, api: Api, seen: object, query: str = "", patience: float = 30):
        host, _, port = api.address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=patience)
        request = (
            f"GET /v1/events{query} HTTP/1.1",
            f"Host: {api.address}",
            f"Authorization: Bearer {api.token}",
            "Accept: text/event-stream",
            f"Last-Event-ID: {seen}",
        )
        self._socket.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
        self._bytes = b""

    def __enter__(self) -> "EventStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def read(self, limit: int) -> bool:
        """Some bytes more, up to `limit` in all. False: there are as many, or the server ended the stream."""
        wanted = limit - len(self._bytes)
        got = self._socket.recv(wanted) if wanted > 0 else b""
        self._bytes += got
        return bool(got)

    def events(self) -> list[dict]:
        """Those that came whole; each with its `type` as the stream says it and its `id`."""
        _, _, body = self._bytes.partition(b"\r\n\r\n")
        whole = body.split(b"\n\n")[:-1]
        blocks = [dict(line.split(": ", 1) for line in block.decode().splitlines()) for block in whole if b"id: " in block]
        return [{"id": int(block["id"]), "type": block["event"], "data": json.loads(block["data"])} for block in blocks]

    def read_until(self, sequence: int) -> list[dict]:
        while not self.events() or self.events()[-1]["id"] < sequence:
            assert self.read(1 << 20), "the server ended the stream"
        return self.events()


def page_of_all(api: Api) -> list[dict]:
    """Every event there is, by pages."""
    events: list[dict] = []
    cursor = None
    while True:
        answer = api.get("/v1/events", limit=500, **({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        events += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return events
