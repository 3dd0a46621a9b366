"""Requests whose bytes are wrong as HTTP, each with the answer that it gets. The connection ends with it."""

import json

from .api import order_body

ORDER = json.dumps(order_body("family", client_order_id="smuggled")).encode()
LENGTH = f"Content-Length: {len(ORDER)}"
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(ORDER), ORDER)
TO_CHUNKED = "Transfer-Encoding: chunked"


# Header lines behind those of a good POST /v1/orders, and its body: status, code.
HEADERS = {
    "length and chunked": (["Content-Length: 5", TO_CHUNKED], CHUNKED, 400, "bad_framing"),
    "chunked and length": ([TO_CHUNKED, f"Content-Length: {len(CHUNKED)}"], CHUNKED, 400, "bad_framing"),
    "two lengths": ([LENGTH, "Content-Length: 5"], ORDER, 400, "bad_framing"),
    "two equal lengths": ([LENGTH, LENGTH], ORDER, 400, "bad_framing"),
    "a list of lengths": ([f"{LENGTH}, {len(ORDER)}"], ORDER, 400, "bad_framing"),
    "a signed length": ([f"Content-Length: +{len(ORDER)}"], ORDER, 400, "bad_framing"),
    "a negative length": (["Content-Length: -1"], ORDER, 400, "bad_framing"),
    "a hexadecimal length": ([f"Content-Length: 0x{len(ORDER):x}"], ORDER, 400, "bad_framing"),
    "a length with a point": ([f"{LENGTH}.0"], ORDER, 400, "bad_framing"),
    "an empty length": (["Content-Length:"], ORDER, 400, "bad_framing"),
    "a length of 20 digits": (["Content-Length: 99999999999999999999"], ORDER, 400, "bad_framing"),
    "a length of 2 MiB": (["Content-Length: 2097152"], ORDER, 413, "body_too_large"),
    "folded header": ([LENGTH, "X-Folded: a\r\n b"], ORDER, 400, "bad_framing"),
    "folded with a tab": ([LENGTH, "X-Folded: a\r\n\tb"], ORDER, 400, "bad_framing"),
    "folded encoding": (["Transfer-Encoding:\r\n chunked"], CHUNKED, 400, "bad_framing"),
    "blank before the colon": ([f"Content-Length : {len(ORDER)}"], ORDER, 400, "bad_framing"),
    "blank before the name": ([LENGTH, " X-Blank: a"], ORDER, 400, "bad_framing"),
    "no colon": ([LENGTH, "X-No-Colon"], ORDER, 400, "bad_framing"),
    "no name": ([LENGTH, ": a"], ORDER, 400, "bad_framing"),
    "a name with a slash": ([LENGTH, "X/Y: a"], ORDER, 400, "bad_framing"),
    "a name with a NUL": ([LENGTH, "X\x00Y: a"], ORDER, 400, "bad_framing"),
    "a NUL": ([LENGTH, "X-Zero: a\x00b"], ORDER, 400, "bad_framing"),
    "a control character": ([LENGTH, "X-Bell: a\x07b"], ORDER, 400, "bad_framing"),
    "a bare line feed": ([f"{LENGTH}\nX-Bare: a"], ORDER, 400, "bad_framing"),
    "a bare carriage return": ([f"{LENGTH}\rX-Bare: a"], ORDER, 400, "bad_framing"),
    "unknown encoding": (["Transfer-Encoding: xchunked"], CHUNKED, 501, "unknown_transfer_coding"),
    "gzip and chunked": (["Transfer-Encoding: gzip, chunked"], CHUNKED, 501, "unknown_transfer_coding"),
    "chunked twice": (["Transfer-Encoding: chunked, chunked"], CHUNKED, 501, "unknown_transfer_coding"),
    "encoding twice": ([TO_CHUNKED, "Transfer-Encoding: identity"], CHUNKED, 400, "bad_framing"),
    "two hosts": ([LENGTH, "Host: example.com"], ORDER, 400, "bad_framing"),
    "a chunk of no length": ([TO_CHUNKED], b"zz\r\n" + ORDER + b"\r\n0\r\n\r\n", 400, "bad_framing"),
    "a negative chunk": ([TO_CHUNKED], b"-1\r\n" + ORDER + b"\r\n0\r\n\r\n", 400, "bad_framing"),
    "a chunk of 2^68": ([TO_CHUNKED], b"f" * 17 + b"\r\n" + ORDER, 400, "bad_framing"),
    "a chunk of 2 MiB": ([TO_CHUNKED], b"200000\r\n" + ORDER, 413, "body_too_large"),
    "a chunk that goes on": ([TO_CHUNKED], b"2\r\n" + ORDER + b"\r\n0\r\n\r\n", 400, "bad_framing"),
    "10,000 headers": ([LENGTH, *(f"X-{n}: a" for n in range(10_000))], ORDER, 431, "header_too_large"),
    "a header of 100 KB": ([LENGTH, "X-Big: " + "a" * 100_000], ORDER, 431, "header_too_large"),
    "a name of 100 KB": ([LENGTH, "a" * 100_000 + ": a"], ORDER, 431, "header_too_large"),
}

# Whole connections: status, code; 0: it ends without an answer.
CONNECTIONS = {
    "no host": (b"GET /v1/orders HTTP/1.1\r\n\r\n", 400, "bad_framing"),
    "empty lines": (b"\r\n\r\n\r\n", 400, "bad_framing"),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00", 400, "bad_framing"),
    "no path": (b"GET\r\n\r\n", 400, "bad_framing"),
    "no version": (b"GET /healthz\r\n\r\n", 400, "bad_framing"),
    "two blanks": (b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_framing"),
    "a path with a blank": (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 505, "bad_http_version"),
    "a path with a NUL": (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_framing"),
    "a path beyond ASCII": (b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""),
    "no slash": (b"GET healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_target"),
    "a path of 20 KB": (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, "header_too_large"),
    "a method with a slash": (b"G/T / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_framing"),
    "a small method": (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad_framing"),
    "HTTP/9.9": (b"GET / HTTP/9.9\r\n\r\n", 505, "bad_http_version"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_http_version"),
    "HTTP/1.1x": (b"GET / HTTP/1.1x\r\nHost: x\r\n\r\n", 505, "bad_http_version"),
    "line feeds only": (b"GET / HTTP/1.1\nHost: x\n\n", 400, "bad_framing"),
    "all bytes": (bytes(range(256)), 400, "bad_framing"),
    "nothing": (b"", 0, ""),
    "half a header": (b"GET /healthz HTTP/1.1\r\nHost:", 0, ""),
    "half a body": (b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", 0, ""),
}


def posted(host: str, token: str, lines: list[str], body: bytes) -> bytes:
    """POST /v1/orders with these header lines."""
    head = ["POST /v1/orders HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}", "Content-Type: application/json"]
    return "\r\n".join([*head, *lines, "", ""]).encode("latin-1") + body


def framed(host: str, token: str, lines: list[str], body: bytes) -> bytes:
    """The same, with an order behind it that must never be read as a request of its own."""
    return posted(host, token, lines, body) + posted(host, token, [LENGTH], ORDER)
