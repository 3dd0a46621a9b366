"""Waiting for facts, never for time."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 120  # tells a hang from a busy machine; no test is about it
_POLL_SECONDS = 0.02


def wait_until(fact: Callable[[], T], *, within: float = PATIENCE, what: str = "") -> T:
    """The first true value of `fact`; fails the test with `what` and the last value when `within` seconds are over."""
    end = time.monotonic() + within
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {within} s: {what or fact}; last: {value!r}")
        time.sleep(_POLL_SECONDS)
