"""The judges at the end of a stage: what every ledger that can still be asked says, against the brokers and itself."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import httpx
from judges.broker import paper_faults, standin_faults
from judges.history import Answered, History, history_faults
from standin import StandIn

from .api import Api, placements

PROPERTY = "judged"
PATIENCE_SECONDS = 30  # a server that stands still is not asked


class NotAsked(Exception):
    """The server is there and does not let us look: its store is away, the token was taken away."""


@dataclass
class Judged:
    """What the judges of this process have seen."""

    ledgers: int = 0
    orders: int = 0
    events: int = 0
    placements: int = 0
    not_asked: int = 0
    milliseconds: int = 0  # that it took

    def words(self) -> str:
        return " ".join(f"{name}={count}" for name, count in vars(self).items())


@dataclass
class Asked:
    """One ledger: the servers that had it, one after the other, and how long a run under them may take."""

    apis: list[Api]
    run_bound: timedelta
    known: list[dict] = field(default_factory=list)
    orders: list[dict] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    read_at: datetime = datetime.min

    def read(self) -> None:
        """The orders, between two readings of the event log: what goes on meanwhile is in the second."""
        self.read_at = datetime.now(UTC)
        self.known = self._all("/v1/events")
        self.orders = self._all("/v1/orders")
        self.events = self.known + self._all("/v1/events", after=self.known[-1]["sequence"] if self.known else 0)

    def faults(self) -> list[str]:
        answered = [answer for api in self.apis for answer in api.answered]
        return history_faults(
            History(
                orders=self.orders,
                events=self.events,
                read_at=self.read_at,
                answered=[Answered(order, asked) for order, asked in answered],
                run_bound=self.run_bound,
                known=len(self.known),
            )
        )

    def _all(self, path: str, **wanted: object) -> list[dict]:
        items: list[dict] = []
        cursor = None
        while True:
            params = {"limit": 500} | wanted | ({"cursor": cursor} if cursor else {})
            try:
                answer = self.apis[-1].client.get(path, params=params, timeout=PATIENCE_SECONDS)
            except httpx.HTTPError as error:
                raise NotAsked(str(error)) from error
            if answer.status_code != 200:
                raise NotAsked(answer.text)
            items += answer.json()["items"]
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return items


def judge(ledgers: list[Asked], folder: Path, standins: list[StandIn], whole: bool, judged: Judged) -> list[str]:
    """The faults of all that a stage ran below `folder`. `whole`: no ledger has gone that these do not tell of."""
    began = time.monotonic()
    earlier = placements(folder)
    earlier_entries = [standin.ledger.entries() for standin in standins]
    read = []
    for ledger in ledgers:
        try:
            ledger.read()
            read.append(ledger)
        except NotAsked:
            judged.not_asked += 1
    later = placements(folder)
    orders = [order for ledger in read for order in ledger.orders]
    judged.ledgers += len(read)
    judged.orders += len(orders)
    judged.events += sum(len(ledger.events) for ledger in read)
    judged.placements += len(later)
    found = [fault for ledger in read for fault in ledger.faults()]
    found += paper_faults(orders, later, earlier=earlier, whole=whole and len(read) == len(ledgers))
    for standin, entries in zip(standins, earlier_entries, strict=True):
        found += standin_faults(orders, standin.ledger.entries(), earlier=entries)
    judged.milliseconds += round(1000 * (time.monotonic() - began))
    return found


def summed(stats: Iterable[list]) -> str:
    """One line for the closing of the run, of all the reports that pytest has; empty if nothing was judged."""
    told = chain.from_iterable(getattr(report, "user_properties", ()) for report in chain.from_iterable(stats))
    total: Counter[str] = Counter()
    for name, value in told:
        if name == PROPERTY:
            total.update({key: int(count) for key, _, count in (word.partition("=") for word in value.split())})
    if not total["ledgers"]:
        return ""
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in total.items())
