"""Messages that no gRPC service may take, each with the answer that it gets: a table, and bytes as protobuf writes them."""

from collections.abc import Iterator
from dataclasses import dataclass

import grpc

INVALID, RESOURCES, UNIMPLEMENTED, DENIED = (
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.UNAUTHENTICATED,
)
MIB = 1 << 20
UNBOUNDED = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
TASK = "01890000-0000-7000-8000-000000000001"


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def put(number: int, value: int | str | bytes) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def hello(*more: bytes, name: str | bytes = "bad-worker", journal: bytes | None = put(1, "j-1")) -> bytes:
    """A hello for a group that there is none of, so that nothing comes of it."""
    fields = put(1, name) + put(2, "1.0") + (put(3, journal) if journal is not None else b"") + put(5, "nobodys")
    return put(1, fields + b"".join(more))


# Bytes that are no message, whatever is expected. A session says so; a single call is answered by gRPC itself, before we see it.
UNREADABLE = "bytes that are no message"
BROKEN = {
    "a tag and no value": b"\x08",
    "a length beyond the end": b"\x0a\xff\x01x",
    "a length of 2 GiB": b"\x0a\xff\xff\xff\xff\x07",
    "a length of 2^63": b"\x0a" + b"\xff" * 9 + b"\x01",
    "a varint without end": b"\x08" + b"\xff" * 20,
    "field number 0": b"\x00\x01",
    "wire type 7": b"\x0f",
    "a group that ends before it begins": b"\x0c",
    "a group without end": b"\x0b" * 50,
    "text": b"hello, server",
    "all bytes": bytes(range(256)),
}


def expect(error: grpc.RpcError, status: grpc.StatusCode, says: str) -> None:
    assert error.code() is status, error
    assert says in error.details(), error


@dataclass(frozen=True)
class BadStream:
    """A session: `messages` in this order; it ends with `status`, and the details hold `says`."""

    name: str
    messages: tuple[bytes, ...]
    status: grpc.StatusCode
    says: str = ""


def before_hello() -> Iterator[BadStream]:
    for name, content in BROKEN.items():
        yield BadStream(name, (content,), INVALID, UNREADABLE)
    yield BadStream("17 MiB", (put(1, b"x" * (17 * MIB)),), RESOURCES)
    yield BadStream("nothing", (b"",), INVALID, "not a hello")
    yield BadStream("only a field of a later version", (put(99, "x"),), INVALID, "not a hello")
    for kind, number in (("heartbeat", 2), ("permit_request", 3), ("report", 4), ("refusal", 6), ("goodbye", 8)):
        yield BadStream(f"{kind} first", (put(number, b""),), INVALID, "not a hello")
    yield BadStream("an empty hello", (put(1, b""),), INVALID, "hello.name")
    yield BadStream("a hello that is a number", (put(1, 7),), INVALID, "not a hello")
    for name in ("", "a/b", "a" * 65, " a", "a\n", "\u202e", "ä"):
        yield BadStream(f"name {name!r:.20}", (hello(name=name),), INVALID, "hello.name")
    yield BadStream("a name that is no UTF-8", (hello(name=b"a\xff"),), INVALID, UNREADABLE)
    yield BadStream("a name with a surrogate", (hello(name=b"\xed\xa0\x80"),), INVALID, UNREADABLE)
    yield BadStream("no journal", (hello(journal=None),), INVALID, "hello.journal")
    yield BadStream("a journal without id", (hello(journal=b""),), INVALID, "hello.journal.id")
    yield BadStream("a journal id with a blank", (hello(journal=put(1, "a b")),), INVALID, "hello.journal.id")
    yield BadStream("a journal id of 129", (hello(journal=put(1, "a" * 129)),), INVALID, "hello.journal.id")
    yield BadStream("an executor without name", (hello(put(4, b"")),), INVALID, "hello.executors[0].name")
    for value in (0, 18, -1, 1 << 31, 1 << 40):
        executor = put(4, put(1, "paper") + put(2, value))
        yield BadStream(f"brokerage {value}", (hello(executor),), INVALID, "hello.executors[0].brokerages[0]")
    yield BadStream("a group with a slash", (hello(put(5, "a/b")),), INVALID, "hello.only_groups[1]")
    for value in (0, 4, -1):
        standing = put(6, put(1, TASK) + put(3, value))
        yield BadStream(f"standing {value}", (hello(standing),), INVALID, "hello.standings[0].state")
    standing = put(6, put(1, TASK) + put(2, "") + put(3, 1))
    yield BadStream("a child order without id", (hello(standing),), INVALID, "hello.standings[0].child_orders[0]")


def report(*fields: bytes, sequence: int = 1, task: str | bytes = TASK, child: str = TASK) -> bytes:
    return put(4, put(1, sequence) + put(2, task) + put(3, put(1, child) + b"".join(fields)))


def execution(**more: object) -> bytes:
    given = {"sub_account": "x1", "status": 1, "quantity": "1", "at": 0} | more
    numbers = {"sub_account": 1, "status": 2, "broker_order_id": 3, "quantity": 4, "price": 5, "message": 6, "at": 8}
    return put(6, b"".join(put(numbers[key], value) for key, value in given.items()))


def after_hello() -> Iterator[BadStream]:
    def stream(name: str, message: bytes, status: grpc.StatusCode, says: str = "") -> BadStream:
        return BadStream(f"then {name}", (hello(), message), status, says)

    for name, content in BROKEN.items():
        yield stream(name, content, INVALID, UNREADABLE)
    yield stream("a second hello", hello(), INVALID, "hello: came a second time")
    yield stream("nothing", b"", INVALID, "kind")
    yield stream("only a field of a later version", put(99, b"x" * 1000), INVALID, "kind")
    yield stream("17 MiB", put(8, put(1, b"x" * (17 * MIB))), RESOURCES)
    epoch = put(3, put(1, 1) + put(2, 1))
    yield stream("a permit for nothing", put(3, put(1, 1)), INVALID, "permit_request.task")
    yield stream("a permit without epoch", put(3, put(1, 1) + put(2, TASK)), INVALID, "permit_request.epoch")
    yield stream("a permit for a task of blanks", put(3, put(1, 1) + put(2, "  ") + epoch), INVALID, "permit_request.task")
    yield stream("report 0", report(put(3, 4), sequence=0), INVALID, "report.sequence")
    yield stream("a report without content", put(4, put(1, 1) + put(2, TASK)), INVALID, "report.report")
    yield stream("a report of no child order", report(put(3, 4), child=""), INVALID, "report.report.child_order")
    yield stream("a report of a long task", report(put(3, 4), task="t" * 129), INVALID, "report.task")
    yield stream("a report that is no UTF-8", report(put(3, 4), put(5, b"\xff")), INVALID, UNREADABLE)
    for status in (0, 13, -1):
        yield stream(f"child order status {status}", report(put(3, status)), INVALID, "report.report.status")
    for status in (0, 8, -1):
        content = report(put(3, 4), execution(status=status))
        yield stream(f"execution status {status}", content, INVALID, "report.report.executions[0].status")
    for quantity in ("", "NaN", "1e5", "1e999", "9" * 40, "0.0000000001", "--1", "1,0", "0x1", "Infinity", " 1"):
        content = report(put(3, 4), execution(quantity=quantity))
        yield stream(f"quantity {quantity[:12]!r}", content, INVALID, "report.report.executions[0].quantity")
    yield stream("price NaN", report(put(3, 4), execution(price="NaN")), INVALID, "report.report.executions[0].price")
    yield stream("an activation of nobody", put(5, epoch), INVALID, "activation_result.account")
    account = put(1, put(1, "family") + put(2, "mom"))
    yield stream("an activation without epoch", put(5, account), INVALID, "activation_result.epoch")
    account = put(1, put(1, "a/b") + put(2, "mom"))
    yield stream("an activation in a/b", put(5, account + put(2, b"")), INVALID, "activation_result.account")
    yield stream("a refusal of nothing", put(6, b""), INVALID, "refusal.task")
    yield stream("a refusal without reason", put(6, put(1, TASK)), INVALID, "refusal.error")
    holdings = put(2, put(1, put(1, "family") + put(2, "mom")) + put(4, put(1, "x1") + put(2, "$$") + put(3, "1")))
    yield stream("holdings of no symbol", put(7, put(1, 1) + holdings), INVALID, "holdings_answer.report")


PING = "/TradingService.MainTradingService/ping"


@dataclass(frozen=True)
class BadCall:
    """One call; its answer is `status`, or a Failure that holds `says` where `status` is None."""

    name: str
    method: str
    message: bytes
    status: grpc.StatusCode | None
    says: str = ""


def pings() -> Iterator[BadCall]:
    for name, content in BROKEN.items():
        yield BadCall(name, PING, content, UNIMPLEMENTED)
    for port in (0, -1, 65536, 1 << 30, -(1 << 31)):
        yield BadCall(f"port {port}", PING, put(1, port), INVALID, "port")
    yield BadCall("no port", PING, b"", INVALID, "port")
    yield BadCall("a port that is text", PING, put(1, "80"), INVALID, "port")
    yield BadCall("17 MiB", PING, put(2, b"x" * (17 * MIB)), RESOURCES)
    yield BadCall("another method", "/TradingService.MainTradingService/pong", b"", UNIMPLEMENTED)
    yield BadCall("another service", "/Nobody/ping", b"", UNIMPLEMENTED)
    yield BadCall("a worker's method", "/TradingService.WorkerTradingService/Transaction", b"", UNIMPLEMENTED)


BASE = put(1, put(2, put(1, TASK)))
WORKER_CALLS = ("Activation", "Deactivation", "Transaction")


def worker_calls() -> Iterator[BadCall]:
    for method in WORKER_CALLS:
        for name, content in BROKEN.items():
            yield BadCall(name, method, content, UNIMPLEMENTED)
        yield BadCall("nothing", method, b"", None, "UUID")
        yield BadCall("17 MiB", method, put(99, b"x" * (17 * MIB)), RESOURCES)
        for task in ("x", "", TASK[:-1], TASK + "0", "g" * 32, "\u0000" * 32):
            yield BadCall(f"task {task[:8]!r}", method, put(1, put(2, put(1, task))), None, "UUID")
        yield BadCall("a task that is no UTF-8", method, put(1, put(2, put(1, b"\xff"))), UNIMPLEMENTED)
    for method in WORKER_CALLS[:2]:
        for name in ("", "a/b", " a", "a" * 65, "a\n", "\u202e"):
            yield BadCall(f"account {name[:8]!r}", method, BASE + put(2, name), None, "account_name")
    log_in = put(4, put(4, "ok-1"))
    for brokerage in (16, 99, -1, 1 << 31):
        yield BadCall(f"brokerage {brokerage}", "Activation", BASE + put(2, "mom") + put(3, brokerage) + log_in, None, "Brokerage")
    for token in ("", "a,b", "a\nb", "a\u0000b", "x" * 100_000):
        content = BASE + put(2, "mom") + put(3, 11) + put(4, put(4, token))
        yield BadCall(f"token {token[:8]!r}", "Activation", content, None, "ACCESS_TOKEN")
    order = BASE + put(2, 1)
    for amount in (0, -1, -(1 << 31)):
        yield BadCall(f"amount {amount}", "Transaction", order + put(3, amount) + put(4, "AAPL"), None, "amount")
    for ticker in ("", "A B", "$(id)", "../A", "-A", "A" * 17, "AÄ", "A\n", "A\u0000"):
        yield BadCall(f"ticker {ticker[:8]!r}", "Transaction", order + put(3, 1) + put(4, ticker), None, "ticker")
    for side in (2, -1, 1 << 31):
        yield BadCall(f"method {side}", "Transaction", BASE + put(2, side) + put(3, 1) + put(4, "AAPL"), None, "Method")
