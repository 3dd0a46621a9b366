"""The broker behind the stand-in: accounts, positions, cash, and the ledger of what it decided."""

import itertools
import threading
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from .ledger import Ledger

DEFAULT_TOKEN = "standin-token"
PRICES = {"AAPL": Decimal(190), "MSFT": Decimal(410), "PENNY": Decimal("0.5")}
_OTHER_PRICE = Decimal(10)
_UNKNOWN_SYMBOL = "NOPE"
_FIRST_ORDER_ID = 228175

FAULT_REASON = "Not enough day trading buying power"
NOT_ROUTED = "did not route"


@dataclass
class Account:
    """One sub-account of a login."""

    number: str
    cash: Decimal = Decimal(10000)
    positions: dict[str, Decimal] = field(default_factory=dict)
    status: str = "active"
    kind: str = "margin"

    def equity(self) -> Decimal:
        return self.cash + sum((price(symbol) * held for symbol, held in self.positions.items()), Decimal(0))


@dataclass
class Login:
    """A token and the sub-accounts that it opens."""

    token: str
    accounts: list[Account]

    @classmethod
    def default(cls) -> "Login":
        first = Account("VA17773001", positions={"AAPL": Decimal(1), "MSFT": Decimal(2)})
        return cls(DEFAULT_TOKEN, [first, Account("VA17773002")])


@dataclass(frozen=True)
class Decision:
    order_id: int
    reasons: tuple[str, ...]  # none: accepted

    @property
    def accepted(self) -> bool:
        return not self.reasons


def price(symbol: str) -> Decimal:
    return PRICES.get(symbol, _OTHER_PRICE)


class Broker:
    """Decides orders. Each decision is in the ledger before it is answered; safe to use from any thread."""

    def __init__(self, logins: list[Login], ledger: Ledger):
        self._lock = threading.Lock()
        self._logins = {login.token: login for login in logins}
        self._ledger = ledger
        self._ids = itertools.count(_FIRST_ORDER_ID)

    def login(self, token: str) -> Login | None:
        return self._logins.get(token)

    def account(self, token: str, number: str) -> Account | None:
        login = self.login(token)
        return next((a for a in login.accounts if a.number == number), None) if login else None

    def positions(self, account: Account) -> dict[str, Decimal]:
        with self._lock:
            return dict(account.positions)

    def cash_and_equity(self, account: Account) -> tuple[Decimal, Decimal]:
        with self._lock:
            return account.cash, account.equity()

    def place(self, account: Account, form: dict[str, str], *, refusal: str | None = None) -> Decision:
        """Decides one order; `refusal` makes the broker refuse it with this reason whatever it asks."""
        side, symbol, asked = form.get("side", ""), form.get("symbol", ""), form.get("quantity", "")
        with self._lock:
            quantity = _whole(asked)
            reasons = (refusal,) if refusal else _objections(account, side, symbol, quantity)
            order_id = next(self._ids)
            if not reasons:
                _settle(account, side, symbol, quantity)
            self._ledger.append(
                account=account.number,
                side=side,
                quantity=str(quantity) if quantity is not None else asked,
                symbol=symbol,
                type=form.get("type", ""),
                duration=form.get("duration", ""),
                decision="rejected" if reasons else "accepted",
                reason="; ".join(reasons),
                order_id=str(order_id),
            )
            return Decision(order_id, reasons)


def _objections(account: Account, side: str, symbol: str, quantity: Decimal | None) -> tuple[str, ...]:
    if side not in ("buy", "sell"):
        return "Backoffice rejected override of the order.", "Invalid symbol or quantity"
    if quantity is None or not symbol or symbol == _UNKNOWN_SYMBOL:
        return ("Invalid symbol or quantity",)
    if account.status != "active":
        return ("Account is not active",)
    if side == "buy" and price(symbol) * quantity > account.cash:
        return (FAULT_REASON,)
    if side == "sell" and account.positions.get(symbol, Decimal(0)) < quantity:
        return ("Sell order is for more shares than your current long position",)
    return ()


def _whole(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    if not value.is_finite() or value <= 0 or value != value.to_integral_value():
        return None
    return value.to_integral_value()


def _settle(account: Account, side: str, symbol: str, quantity: Decimal) -> None:
    signed = quantity if side == "buy" else -quantity
    account.cash -= price(symbol) * signed
    held = account.positions.get(symbol, Decimal(0)) + signed
    if held:
        account.positions[symbol] = held
    else:
        account.positions.pop(symbol, None)
