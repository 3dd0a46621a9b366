"""Dockerfile and compose.yaml: what an engine would do, done in a clean Debian root (image.py)."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .api import Api
from .image import ROOT, Image, make_debian_root, make_volume, owner, stages, with_python
from .processes import Ready, Server
from .waiting import PATIENCE, wait_until

# A Debian root and two images on a busy machine.
pytestmark = [pytest.mark.one_store, pytest.mark.timeout(900)]
STAGES = stages((ROOT / "Dockerfile").read_text())
PROGRAMS = ("tradeauto", "tradeauto-supervisor")
PORTS = {"TRADEAUTO_HTTP_PORT": "0", "TRADEAUTO_GRPC_PORT": "0"}


@pytest.fixture(scope="module")
def debian(tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("image")
    yield make_debian_root(folder)
    shutil.rmtree(folder)  # gigabytes, which pytest would keep


@pytest.fixture(scope="module")
def image(debian: Path, binary: Path) -> Image:
    root = debian.with_name("tradeauto")
    subprocess.run(["cp", "-a", debian, root], check=True)
    built = {f"/src/build/release/{name}": binary.parent / name for name in PROGRAMS}
    return Image(STAGES["tradeauto"], root, built)


class Container:
    """One image's entry point at a time, on one volume."""

    def __init__(self, image: Image, folder: Path):
        self.image = image
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.data = make_volume(folder / "volume", owner(image.root, image.user))
        self.server: Server | None = None

    def start(self, *words: str, **environment: str) -> Api:
        """A main server, ready."""
        ready = self.start_server(*words, **environment)
        return Api(ready.http, (self.data / "admin.token").read_text().strip())

    def start_server(self, *words: str, **environment: str) -> Ready:
        command = self.image.start(self.data, *words, environment=PORTS | environment)
        log = self.folder / "container.log"
        self.server = Server(command, {"PATH": self.image.environment["PATH"]}, self.folder, log)
        return self.server.wait_ready()

    def run(self, *words: str) -> subprocess.CompletedProcess:
        return self.image.run_in(list(words), self.data)

    def stop(self) -> None:
        if self.server is not None and self.server.running:
            assert self.server.stop() == 0, self.server.output


@pytest.fixture
def container(image: Image, tmp_path: Path) -> Iterator[Container]:
    container = Container(image, tmp_path)
    yield container
    container.stop()


def test_the_image_serves_an_order_on_a_read_only_root_and_keeps_it(container):
    api = container.start()
    api.paper_group("family", mom={"FILL_DELAY_MS": "0"})
    order = api.place_and_wait("family")
    api.close()
    assert order["status"] == "settled"
    container.stop()
    api = container.start()
    assert api.order(order["id"]) == order
    api.close()


def test_the_server_is_nobody_in_particular(container):
    container.start().close()
    status = Path(f"/proc/{container.server.pid}/status").read_text()
    fields = dict(line.split(":", 1) for line in status.splitlines())
    assert set(fields["Uid"].split()) == {str(owner(container.image.root, "tradeauto")[0])}
    assert int(fields["CapEff"], 16) == 0


@pytest.mark.parametrize("verb", ["up", "main", "worker"])
def test_without_a_volume_no_server_starts(image, verb):
    done = subprocess.run(image.start(None, verb), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 1
    assert "/var/lib/tradeauto is no volume" in done.stderr
    assert "-v tradeauto-data:/var/lib/tradeauto" in done.stderr


def test_the_originals_settings_file_is_read_from_app_configs(container):
    configs = container.image.root / "app/configs/app.json"
    configs.write_text(json.dumps({"MAIN_SERVER_PORT": "no port"}))
    try:
        done = container.run(*container.image.entry, "up")
        assert done.returncode != 0
        assert "MAIN_SERVER_PORT" in done.stderr and "app.json" in done.stderr
    finally:
        configs.unlink()


def test_health_follows_the_server(container):
    container.start().close()
    healthy = container.run(*container.image.health)
    assert healthy.returncode == 0, healthy.stderr
    container.stop()
    assert container.run(*container.image.health).returncode != 0


def test_a_worker_is_healthy_while_it_has_its_main_server(container, tmp_path):
    api = container.start("main")
    worker = Container(container.image, tmp_path / "second")
    token = worker.data / "main.token"
    shutil.copy(container.data / "admin.token", token)
    os.chown(token, *owner(worker.image.root, worker.image.user))
    port = container.server.wait_ready().grpc.rpartition(":")[2]
    worker.start_server("worker", TRADEAUTO_MAIN_SERVER_PORT=port, TRADEAUTO_TOKEN_FILE="/var/lib/tradeauto/main.token")
    try:
        wait_until(lambda: worker.run(*worker.image.health).returncode == 0)
        api.close()
        container.stop()
        wait_until(lambda: worker.run(*worker.image.health).returncode != 0)
    finally:
        worker.stop()


def test_the_images_hold_no_more_than_a_server_needs(image):
    for name in ("usr/bin/clang-19", "usr/bin/cmake", "usr/bin/git", "src"):
        assert not (image.root / name).exists(), name
    assert STAGES["autorsa"].last("USER") == STAGES["tradeauto"].last("USER") == "tradeauto"


def test_the_image_with_autorsa_has_the_pinned_tool(image, debian, binary, tmp_path):
    python = os.environ.get("AUTORSA_PYTHON")
    assert python, "a Python for AutoRSA is needed: ./test names one in AUTORSA_PYTHON"
    root = with_python(debian, debian.with_name("autorsa"), Path(python))
    tool = Image(STAGES["autorsa"], root, {f"/usr/local/bin/{name}": binary.parent / name for name in PROGRAMS})
    container = Container(tool, tmp_path)
    status = container.run(*tool.entry, "autorsa", "status")
    assert status.returncode == 0, status.stdout + status.stderr
    assert status.stdout.startswith("autorsa 2.2.0\n")
