"""docs/tutorials: a newcomer types what they say, and sees what they say (pages.py)."""

import json
import os
import time

import pytest

from standin import StandIn
from standin.broker import DEFAULT_TOKEN

from .conftest import Stage
from .pages import Page

pytestmark = pytest.mark.one_store

NEWCOMER_SECONDS = 60
INSTALL_SECONDS = 400


def test_a_strangers_path_to_the_first_paper_order(stage: Stage):
    page = Page("docs/tutorials/first-paper-order.md", stage)
    began = time.monotonic()
    up = page.start("up", HTTP_PORT=0, GRPC_PORT=0)
    up.server.wait_output("Now, in a second terminal:")
    page.run("order")
    page.run("list")
    took = time.monotonic() - began
    assert took < NEWCOMER_SECONDS
    print(f"first paper order: 3 commands, {took:.1f} s")
    page.run("twice")
    page.run("preview")


@pytest.mark.autorsa
def test_the_first_real_account(stage: Stage):
    page = Page("docs/tutorials/first-real-account.md", stage)
    page.settings = {"TRADEAUTO_AUTORSA_PYTHON": os.environ["AUTORSA_PYTHON"]}
    page.settings |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    page.run("install", within=INSTALL_SECONDS)
    with StandIn() as standin:
        page.settings |= standin.environment()
        page.start("up", HTTP_PORT=0, GRPC_PORT=0)
        (stage.folder / "dad.json").write_text(json.dumps({"ACCESS_TOKEN": DEFAULT_TOKEN}))
        page.run("account")
        page.run("rehearse")
        assert standin.accepted() == []
        page.run("order")
        assert len(standin.accepted()) == 2


def test_a_second_machine(stage: Stage):
    authority = Page("docs/how-to/tls.md", stage)
    authority.run("authority")
    page = Page("docs/tutorials/second-machine.md", stage)
    main = page.start("main", HTTP_PORT=0, GRPC_PORT=0)
    page.run("token")
    port = main.ready.grpc.rpartition(":")[2]
    page.start("worker", MAIN_SERVER_PORT=port, DATA_DIR=stage.folder / "second")
    page.run("use")
