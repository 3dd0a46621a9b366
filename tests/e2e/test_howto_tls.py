"""docs/how-to/tls.md: its commands do what it says, and print what it quotes (pages.py)."""

import pytest

from .conftest import Stage
from .pages import Page
from .waiting import wait_until

pytestmark = pytest.mark.one_store


@pytest.fixture
def page(stage: Stage) -> Page:
    return Page("docs/how-to/tls.md", stage)


def test_an_authority_of_ones_own_and_a_renewal(page: Page):
    page.run("authority")
    main = page.start("main", HTTP_PORT=0, GRPC_PORT=0)
    page.here["localhost:8000"] = f"localhost:{main.ready.http.rpartition(':')[2]}"
    assert '"tls":"on"' in main.server.output
    worker = page.start(
        "worker",
        MAIN_SERVER_PORT=main.ready.grpc.rpartition(":")[2],
        DATA_DIR=page.stage.folder / "w",
        WORKER_NAME="one",
        TOKEN_FILE=main.data_dir / "admin.token",
    )
    wait_until(lambda: "one" in page.run("ask"), what=worker.server.tail())
    page.run("renew")
    main.server.wait_output("settings are read anew")
    assert "one" in page.run("ask")
