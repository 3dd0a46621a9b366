"""Both original peers × each step × either side killed and restarted before or after it. Printed as a table."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import Stage, remove_leftovers
from .matrix import CELLS, PROPERTY, STEPS, Cell
from .original import original_on
from .pairs import OurMain, OurWorker


@contextmanager
def pair_of(cell: Cell, stage: Stage) -> Iterator[OurWorker | OurMain]:
    if cell.direction.startswith("original main"):
        with original_on(stage) as original:
            yield OurWorker(original)
        return
    pair = OurMain(stage)
    try:
        yield pair
    finally:
        pair.close()


def perform(cell: Cell, binary: Path, folder: Path) -> str:
    """All steps, with one side killed and restarted where the cell says; the remark for its cell."""
    stage = Stage(binary, folder)
    try:
        with pair_of(cell, stage) as pair:
            kill: Callable[[], None] = pair.kill_main if cell.killed == "main" else pair.kill_worker
            for step in STEPS:
                if (step, "before") == (cell.step, cell.moment):
                    kill()
                getattr(pair, step)()
                pair.done.add(step)
                if (step, "after") == (cell.step, cell.moment):
                    kill()
            remark = pair.proven()
            return remark if cell.step == "deactivation" else ""
    finally:
        faults = stage.stop()
        assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def outcomes(request, binary, tmp_path_factory):
    """Each selected cell with servers of its own: they mostly wait, so a few run at once."""
    items = [item for item in request.session.items if "outcomes" in getattr(item, "fixturenames", ())]
    cells = [item.callspec.params["cell"] for item in items if item.path == request.path]
    with ThreadPoolExecutor(max_workers=4) as pool:
        yield {cell: pool.submit(perform, cell, binary, tmp_path_factory.mktemp("cell")) for cell in cells}
    faults = remove_leftovers(own=set())
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_restart_loses_nothing_and_repeats_nothing(outcomes, cell, record_property):
    remark = ""
    try:
        remark = outcomes[cell].result()
    finally:
        record_property(PROPERTY, f"{cell}|{remark}")
