"""The control door on loopback, for a stand-in that runs as a process of its own.

GET /ledger, /requests, /violations: JSON arrays. POST /faults: one JSON array of fault texts, added. DELETE /faults.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .faults import Fault


def control_server(port: int, standin) -> ThreadingHTTPServer:
    """`standin` needs `ledger`, `requests`, `violations`, `faults`."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self):
            ledgers = {name: getattr(standin, name) for name in ("ledger", "requests", "violations")}
            ledger = ledgers.get(self.path.removeprefix("/"))
            if ledger is None:
                self._send(404, {"error": "allowed are /ledger, /requests, /violations"})
            else:
                self._send(200, ledger.entries())

        def do_POST(self):
            if self.path != "/faults":
                self._send(404, {"error": "allowed is /faults"})
                return
            try:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                faults = [Fault.parse(text) for text in json.loads(body)]
            except (ValueError, TypeError, AttributeError) as error:
                self._send(400, {"error": str(error)})
                return
            for fault in faults:
                standin.faults.add(fault)
            self._send(200, {"added": len(faults)})

        def do_DELETE(self):
            if self.path != "/faults":
                self._send(404, {"error": "allowed is /faults"})
                return
            standin.faults.clear()
            self._send(200, {})

        def _send(self, status: int, value: object) -> None:
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format, *args):
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    return server
