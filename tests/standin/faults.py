"""What may go wrong at the stand-in, and when."""

import re
import threading
from dataclasses import dataclass, replace

PHASES = ("version", "profile", "balances", "positions", "quotes", "order")

# The broker's own decision about an order, instead of accepting it.
DECISIONS = (
    "reject",  # HTTP 400 with Tradier's body; a ledger line `rejected`
    "errors_200",  # the same refusal with HTTP 200
    "no_route",  # HTTP 200 that names neither an order nor an error; a ledger line `rejected`
    "status",  # accepted, but the order's status in the answer is `text` instead of ok
)
# How an answer is spoiled: before the broker did anything, or (with `_after`) once it has done everything.
SPOILS = ("garbage", "empty", "hang", "slow", "drop")

_HTTP = re.compile(r"[45]\d\d|5\d\d_after")


@dataclass(frozen=True)
class Fault:
    """One entry of the fault book.

    `account` is a full account number or its end; empty: every account. `times` None: until cleared.
    `seconds` is the delay of `slow`, and the bound of `hang` (0: until the stand-in stops).
    """

    phase: str
    mode: str
    account: str = ""
    times: int | None = None
    seconds: float = 0.0
    text: str = ""

    def __post_init__(self):
        if self.phase not in PHASES:
            raise ValueError(f"phase {self.phase!r}: allowed are {', '.join(PHASES)}")
        if self.mode in DECISIONS:
            if self.phase != "order":
                raise ValueError(f"mode {self.mode!r} is for phase 'order' only")
        elif self.mode.removesuffix("_after") not in SPOILS and not _HTTP.fullmatch(self.mode):
            raise ValueError(f"mode {self.mode!r}: allowed are {', '.join(DECISIONS + SPOILS)}, 4xx, 5xx, 5xx_after")
        if self.times is not None and self.times < 1:
            raise ValueError("times: allowed are numbers from 1")
        if self.seconds < 0:
            raise ValueError("seconds: allowed are numbers from 0")

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Reads `phase:mode[:account=…][:times=N][:seconds=S][:text=…]`."""
        phase, _, rest = text.partition(":")
        mode, *options = rest.split(":")
        values: dict[str, object] = {}
        for option in options:
            key, separator, value = option.partition("=")
            if not separator or key not in ("account", "times", "seconds", "text"):
                raise ValueError(f"option {option!r}: allowed are account=, times=, seconds=, text=")
            values[key] = int(value) if key == "times" else float(value) if key == "seconds" else value
        return cls(phase, mode, **values)

    @property
    def decides(self) -> bool:
        return self.mode in DECISIONS

    @property
    def after(self) -> bool:
        return self.mode.endswith("_after")

    @property
    def spoil(self) -> str:
        """The mode without its time: `garbage`, `hang`, `500` …"""
        return self.mode.removesuffix("_after")


class FaultBook:
    """The faults now in force; safe to use from any thread."""

    def __init__(self, faults=()):
        self._lock = threading.Lock()
        self._faults: list[Fault] = list(faults)

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, phase: str, account: str) -> Fault | None:
        """The first fault that fits, counted as used once."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fault.phase != phase or not account.endswith(fault.account):
                    continue
                if fault.times == 1:
                    del self._faults[index]
                elif fault.times is not None:
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None
