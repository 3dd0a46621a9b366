"""The stand-in as one object: start, judge, stop."""

import tempfile
import threading
from collections.abc import Iterable
from http.server import ThreadingHTTPServer
from pathlib import Path

from .authority import Authority
from .broker import Broker, Login
from .control import control_server
from .faults import Fault, FaultBook
from .ledger import Ledger
from .proxy import Host, Proxy
from .sites import INDEX_HOST, TRADIER_HOST, IndexSite, TradierSite

CLI_VERSION = "2.2.0"


class StandIn:
    """A Tradier of our own on loopback, reached through `environment()`; use it as a context manager.

    `ledger` is the truth: one entry per order that the broker decided. `requests` has every request that arrived,
    `violations` what the child asked for and must not (an unknown host, an unknown path): a test expects none.
    Holds no global state; several live side by side.
    """

    def __init__(
        self,
        logins: Iterable[Login] | None = None,
        faults: Iterable[Fault | str] = (),
        *,
        port: int = 0,
        control_port: int = 0,
        folder: Path | None = None,
        version: str = CLI_VERSION,
    ):
        self._temporary = None if folder else tempfile.TemporaryDirectory(prefix="standin-")
        self.folder = folder or Path(self._temporary.name)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(self.folder / "ledger.jsonl")
        self.requests = Ledger(self.folder / "requests.jsonl")
        self.violations = Ledger(self.folder / "violations.jsonl")
        self.faults = FaultBook(_fault(f) for f in faults)
        authority = Authority(self.folder)
        self.ca_file = authority.ca_file
        broker = Broker(list(logins) if logins is not None else [Login.default()], self.ledger)
        hosts = {
            TRADIER_HOST: Host(TradierSite(broker), authority.context(TRADIER_HOST)),
            INDEX_HOST: Host(IndexSite(version), authority.context(INDEX_HOST)),
        }
        self._proxy = Proxy(port, hosts, self.faults, self.requests, self.violations)
        self._control = control_server(control_port, self)
        self._threads: list[threading.Thread] = []

    @property
    def proxy_url(self) -> str:
        return f"http://127.0.0.1:{self._proxy.server_port}"

    @property
    def control_url(self) -> str:
        return f"http://127.0.0.1:{self._control.server_port}"

    def environment(self) -> dict[str, str]:
        """What a child needs in its environment so that it talks to this stand-in and to nobody else."""
        proxies = {name: self.proxy_url for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")}
        authorities = {name: str(self.ca_file) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")}
        return proxies | authorities | {"NO_PROXY": "", "no_proxy": ""}

    def set_fault(self, fault: Fault | str) -> None:
        """Adds a fault, also while requests run."""
        self.faults.add(_fault(fault))

    def accepted(self) -> list[dict]:
        return [entry for entry in self.ledger.entries() if entry["decision"] == "accepted"]

    def decided(self) -> list[tuple[str, str, str, str, str]]:
        """The ledger, short: (account, side, quantity, symbol, decision), in the order of the decisions."""
        return [
            (entry["account"], entry["side"], entry["quantity"], entry["symbol"], entry["decision"])
            for entry in self.ledger.entries()
        ]

    def start(self) -> "StandIn":
        for server in (self._proxy, self._control):
            thread = threading.Thread(target=_serve, args=(server,), daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        """Ends everything, hanging answers too. The ledgers stay readable; their files go with the temporary folder."""
        self._proxy.stopping.set()
        for server in (self._proxy, self._control):
            if self._threads:
                server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        for ledger in (self.ledger, self.requests, self.violations):
            ledger.close()
        if self._temporary:
            self._temporary.cleanup()

    def __enter__(self) -> "StandIn":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()


def _fault(fault: Fault | str) -> Fault:
    return Fault.parse(fault) if isinstance(fault, str) else fault


def _serve(server: ThreadingHTTPServer) -> None:
    server.serve_forever(poll_interval=0.05)
