"""Broken input over gRPC: each is answered as documented, and all of it together leaves nothing behind."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import grpc
import pytest

from .bad_frames import FRAMES
from .bad_messages import DENIED, PING, UNBOUNDED, BadCall, BadStream, after_hello, before_hello, expect, hello, pings, put
from .conftest import Stage
from .corpus import GROWTH, memory, stored, tell
from .waiting import PATIENCE

SESSION = "/tradeauto.v1.WorkerService/Session"
STREAMS = [*before_hello(), *after_hello()]
PINGS = list(pings())


class Main:
    """A main server with an order that is over, and a channel to it."""

    def __init__(self, stage: Stage):
        self.up = stage.up(TRADEAUTO_RATE_LIMIT_PER_MINUTE="0")
        self.up.api.paper_group("family", mom={})
        self.up.api.place_and_wait("family")
        self.before = stored(self.up.api)
        self.channel = grpc.insecure_channel(self.up.ready.grpc, options=UNBOUNDED)

    def end_of(self, messages: tuple[bytes, ...], token: str | None = None) -> grpc.RpcError:
        """How a session ends that sends these messages, and stays open until the server ends it."""
        over = threading.Event()

        def requests() -> Iterator[bytes]:
            yield from messages
            over.wait(20)

        bearer = self.up.api.token if token is None else token
        call = self.channel.stream_stream(SESSION)(requests(), timeout=PATIENCE, metadata=[("authorization", f"Bearer {bearer}")])
        try:
            with pytest.raises(grpc.RpcError) as ended:
                for _ in call:
                    pass
            return ended.value
        finally:
            over.set()

    def ping(self, bad: BadCall) -> grpc.RpcError:
        with pytest.raises(grpc.RpcError) as ended:
            self.channel.unary_unary(bad.method)(bad.message, timeout=PATIENCE)
        return ended.value


@pytest.fixture(scope="module")
def main(binary, tmp_path_factory) -> Iterator[Main]:
    stage = Stage(binary, tmp_path_factory.mktemp("bad-messages"))
    main = Main(stage)
    yield main
    main.channel.close()
    faults = stage.close()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("bad", STREAMS, ids=lambda bad: bad.name)
def test_a_bad_message_ends_its_session(main, bad: BadStream):
    expect(main.end_of(bad.messages), bad.status, bad.says)


@pytest.mark.parametrize("bad", PINGS, ids=lambda bad: bad.name)
def test_a_bad_ping_is_refused(main, bad: BadCall):
    expect(main.ping(bad), bad.status, bad.says)


@pytest.mark.parametrize("token", ["", "x", "ta_" + "0" * 64, "a b"])
def test_nobody_without_the_token_gets_a_session(main, token):
    expect(main.end_of((hello(),), token), DENIED, "bad_token")


def sent_to(port: int, content: bytes) -> None:
    """Bytes to a gRPC port, and what comes back until it closes or has nothing to say."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:  # reset, or closed before all was sent
            pass


@pytest.mark.parametrize("name", FRAMES)
def test_what_is_no_grpc_ends_its_connection(main, name):
    sent_to(int(main.up.ready.grpc.rpartition(":")[2]), FRAMES[name])
    assert main.up.server.running


def test_floods_end_and_the_main_server_goes_on(main):
    sessions = [main.channel.stream_stream(SESSION)(iter((hello(name=""),)), timeout=PATIENCE) for _ in range(500)]
    for call in sessions:
        assert call.code() is DENIED
    for _ in range(200):
        main.end_of((hello(name=""),))
    for _ in range(200):
        main.ping(BadCall("", PING, put(1, 0), None))
    assert main.up.api.get("/readyz").status_code == 200


def test_all_of_it_leaves_nothing_behind(main, record_property):
    tell(record_property, "gRPC, broken, to the main server", len(STREAMS) + len(PINGS) + len(FRAMES))
    sizes = []
    for _ in range(3):
        for bad in STREAMS:
            main.end_of(bad.messages)
        for bad in PINGS:
            main.ping(bad)
        sizes.append(memory(main.up.server.pid))
    assert sizes[-1] < sizes[0] + GROWTH, f"resident memory grows: {sizes} KiB"
    assert stored(main.up.api) == main.before
    assert main.up.api.place_and_wait("family", override=["same_order_again"])["status"] == "settled"
