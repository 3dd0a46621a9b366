"""Bytes to a gRPC port that are no HTTP/2, or none with a call in it that could be read."""

from .bad_messages import PING, varint

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind: int, flags: int, stream: int, payload: bytes, length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    return size.to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def literal(name: str, value: bytes) -> bytes:
    """A header as HPACK writes it without a table."""
    shown = b"\x7f" + varint(len(value) - 127) if len(value) >= 127 else bytes([len(value)])
    return b"\x00" + bytes([len(name)]) + name.encode() + shown + value


def call_of(path: bytes, data: bytes, *more: bytes) -> bytes:
    """A whole connection with one call, whose body is these bytes as they are."""
    headers = [(":method", b"POST"), (":scheme", b"http"), (":path", path), (":authority", b"x")]
    headers += [("te", b"trailers"), ("content-type", b"application/grpc")]
    block = b"".join(literal(name, value) for name, value in headers) + b"".join(more)
    return PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, block) + frame(0, 1, 1, data)


FRAMES = {
    "nothing": b"",
    "text": b"hello, server\r\n" * 100,
    "HTTP/1.1": b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    "all bytes": bytes(range(256)) * 64,
    "half a preface": PREFACE[:10],
    "a preface and noise": PREFACE + bytes(range(256)) * 64,
    "no settings": PREFACE + frame(0, 0, 1, b"x"),
    "settings of 7 bytes": PREFACE + frame(4, 0, 0, b"x" * 7),
    "a frame of 16 MiB": PREFACE + frame(4, 0, 0, b"") + frame(0, 0, 1, b"", length=(1 << 24) - 1),
    "a frame of no kind": PREFACE + frame(4, 0, 0, b"") + frame(200, 255, 1 << 30, b"x"),
    "data before headers": PREFACE + frame(4, 0, 0, b"") + frame(0, 1, 1, b"x"),
    "headers on stream 0": PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 0, b""),
    "headers that are noise": PREFACE + frame(4, 0, 0, b"") + frame(1, 4, 1, bytes(range(255, 0, -1))),
    "10,000 pings": PREFACE + frame(4, 0, 0, b"") + frame(6, 0, 0, b"12345678") * 10_000,
    "10,000 settings": PREFACE + frame(4, 0, 0, b"") * 10_000,
    "10,000 resets": PREFACE + frame(4, 0, 0, b"")
    + b"".join(frame(1, 4, n, literal(":path", b"/x")) + frame(3, 0, n, b"\0\0\0\x08") for n in range(1, 20_000, 2)),
    "a message of 4 GiB": call_of(PING.encode(), b"\x00\xff\xff\xff\xff" + b"x"),
    "a message that ends early": call_of(PING.encode(), b"\x00\x00\x00\x00\x09\x08"),
    "a message of another coding": call_of(PING.encode(), b"\x01\x00\x00\x00\x02\x08\x01"),
    "flags that nobody knows": call_of(PING.encode(), b"\xff\x00\x00\x00\x02\x08\x01"),
    "a path of no method": call_of(b"//", b"\x00\x00\x00\x00\x00"),
    "a header of 200 KB": call_of(PING.encode(), b"", literal("x-big", b"a" * 200_000)),
    "5,000 headers": call_of(PING.encode(), b"", *(literal(f"x-{n}", b"a") for n in range(5000))),
}
