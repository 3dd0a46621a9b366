"""What a corpus of bad inputs must leave as it was: what is stored, and the memory of the process."""

import re
from pathlib import Path

import httpx

from .api import Api

PROPERTY = "inputs"
LISTS = ("/v1/orders", "/v1/executions", "/v1/groups", "/v1/groups/family/accounts", "/v1/tokens", "/v1/events", "/v1/audit")
GROWTH = 48 * 1024  # KiB, over what a first time through the corpus leaves


def stored(api: Api) -> dict[str, list]:
    """Everything that an input could have left; whether and when a token was used is no part of it."""
    return {path: all_of(api, path) for path in LISTS}


def all_of(api: Api, path: str) -> list[dict]:
    items: list[dict] = []
    cursor = None
    while True:
        page = api.get(path, limit=500, **({"cursor": cursor} if cursor else {})).json()
        items += [{key: value for key, value in item.items() if key != "last_used_at"} for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def memory(pid: int) -> int:
    """Resident, in KiB."""
    return int(re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1])


def answer_of(raw: bytes) -> httpx.Response:
    """The first answer in these bytes of a connection that the server closed."""
    head, _, body = raw.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    headers = [tuple(part.strip() for part in field.split(b":", 1)) for field in fields]
    return httpx.Response(int(line.split(b" ")[1]), headers=headers, content=body)


def tell(record_property, surface: str, count: int) -> None:
    """How many inputs a test had, for the closing of the run."""
    record_property(PROPERTY, f"{count} over {surface}")


def counted(reports: list) -> list[str]:
    return sorted({str(value) for report in reports for name, value in report.user_properties if name == PROPERTY})
