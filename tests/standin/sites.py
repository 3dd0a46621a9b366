"""The two hosts that the stand-in answers for: the Tradier API and the package index's version page."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from .broker import FAULT_REASON, NOT_ROUTED, Account, Broker, price
from .faults import Fault

TRADIER_HOST = "api.tradier.com"
INDEX_HOST = "pypi.org"

_ACCOUNT_PATH = re.compile(r"/v1/accounts/(\w+)/(balances|positions|orders)")
_PHASES = {
    ("GET", "balances"): "balances",
    ("GET", "positions"): "positions",
    ("POST", "orders"): "order",
}


@dataclass(frozen=True)
class Request:
    method: str
    target: str
    token: str
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    content_type: str = "application/json"


def json_reply(value: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


class IndexSite:
    """Answers the question for the newest release with the one that is installed."""

    def __init__(self, version: str):
        self._version = version

    def phase(self, request: Request) -> tuple[str, str] | None:
        return ("version", "") if request.path == "/pypi/auto_rsa_bot/json" else None

    def answer(self, request: Request, fault: Fault | None) -> Reply:
        return json_reply({"info": {"name": "auto_rsa_bot", "version": self._version}})


class TradierSite:
    """Tradier's paths, as far as the AutoRSA CLI uses them."""

    def __init__(self, broker: Broker):
        self._broker = broker

    def phase(self, request: Request) -> tuple[str, str] | None:
        """The endpoint's name and the account in its path, or None when Tradier has no such endpoint."""
        if request.method == "GET" and request.path == "/v1/user/profile":
            return "profile", ""
        if request.method == "GET" and request.path == "/v1/markets/quotes":
            return "quotes", ""
        match = _ACCOUNT_PATH.fullmatch(request.path)
        phase = _PHASES.get((request.method, match[2])) if match else None
        return (phase, match[1]) if phase else None

    def answer(self, request: Request, fault: Fault | None) -> Reply:
        login = self._broker.login(request.token)
        if login is None:
            return Reply(401, b"Invalid Access Token", "text/plain")
        phase, number = self.phase(request)
        if phase == "profile":
            return _profile(login.accounts)
        if phase == "quotes":
            return _quotes(request)
        account = self._broker.account(request.token, number)
        if account is None:
            return Reply(401, b"Invalid parameter, account_id: not found", "text/plain")
        if phase == "balances":
            return self._balances(account)
        if phase == "positions":
            return self._positions(account)
        return self._order(request, account, fault)

    def _balances(self, account: Account) -> Reply:
        cash, equity = self._broker.cash_and_equity(account)
        body = {"account_number": account.number, "total_equity": float(equity), "total_cash": float(cash)}
        return json_reply({"balances": body})

    def _positions(self, account: Account) -> Reply:
        held = [
            {"symbol": symbol, "quantity": float(quantity)}
            for symbol, quantity in self._broker.positions(account).items()
        ]
        if not held:
            return json_reply({"positions": "null"})
        return json_reply({"positions": {"position": held[0] if len(held) == 1 else held}})

    def _order(self, request: Request, account: Account, fault: Fault | None) -> Reply:
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        mode = fault.mode if fault and fault.decides else ""
        refusal = {"reject": FAULT_REASON, "errors_200": FAULT_REASON, "no_route": NOT_ROUTED}.get(mode)
        decision = self._broker.place(account, form, refusal=refusal)
        if mode == "no_route":
            return json_reply({"order": {}})
        if not decision.accepted:
            status = 200 if mode == "errors_200" else 400
            reasons = decision.reasons
            return json_reply({"errors": {"error": reasons[0] if len(reasons) == 1 else list(reasons)}}, status)
        text = fault.text or "pending" if mode == "status" else "ok"
        return json_reply({"order": {"id": decision.order_id, "status": text, "partner_id": "standin"}})


def _profile(accounts: list[Account]) -> Reply:
    rows = [{"account_number": a.number, "type": a.kind, "status": a.status} for a in accounts]
    return json_reply({"profile": {"id": "standin", "name": "Test", "account": rows[0] if len(rows) == 1 else rows}})


def _quotes(request: Request) -> Reply:
    symbols = parse_qs(urlsplit(request.target).query).get("symbols", [""])[0].split(",")
    quotes = [{"symbol": symbol, "last": float(price(symbol))} for symbol in symbols]
    return json_reply({"quotes": {"quote": quotes[0] if len(quotes) == 1 else quotes}})
