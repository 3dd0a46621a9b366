"""The table of test_legacy_matrix.py: each cell is one test, told by the test's properties and printed at the end."""

from dataclasses import dataclass

PROPERTY = "legacy-matrix"
DIRECTIONS = ("original main, our worker", "our main, original worker")
STEPS = ("group", "ping", "activation", "transaction", "deactivation")
KILLED = ("main", "worker")
MOMENTS = ("before", "after")


@dataclass(frozen=True)
class Cell:
    direction: str
    step: str
    killed: str
    moment: str

    def __str__(self):
        return f"{self.direction}: {self.killed} killed {self.moment} {self.step}"


CELLS = [
    Cell(direction, step, killed, moment)
    for direction in DIRECTIONS
    for step in STEPS
    for killed in KILLED
    for moment in MOMENTS
]


def table(reports: list) -> list[str]:
    """The lines of the table, from pytest's reports of the tests; none if no cell was tested."""
    results = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == PROPERTY:
                where, _, remark = value.partition("|")
                results[where] = f"ok{remark}" if report.passed else "FAILED"
    if not results:
        return []
    columns = [(killed, moment) for killed in KILLED for moment in MOMENTS]
    lines = []
    for direction in DIRECTIONS:
        head = [direction, *(f"{killed} killed {moment}" for killed, moment in columns)]
        rows = [
            [step, *(results.get(str(Cell(direction, step, *column)), "-") for column in columns)] for step in STEPS
        ]
        widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
        for row in [head, ["-" * width for width in widths], *rows]:
            lines.append("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        lines.append("")
    return [*lines, "never sent: an original worker fails each Deactivation; what is taken away trades no more."]
