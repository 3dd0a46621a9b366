"""A worker's own HTTP: off until HTTP_PORT is set; lives, is ready with a session, and tells its figures."""

import httpx
import pytest

from .api import expect_problem, statuses
from .conftest import Running, Stage
from .test_metrics import documented_families, families, samples
from .waiting import PATIENCE, wait_until

pytestmark = pytest.mark.one_store


def client_of(worker: Running) -> httpx.Client:
    return httpx.Client(base_url=f"http://{worker.ready.http}", timeout=PATIENCE, trust_env=False)


def test_off_until_a_port_is_set(stage: Stage):
    main = stage.main()
    worker = stage.worker(main, "w1")
    assert worker.ready.http == ""
    assert not (worker.data_dir / "worker/http.address").exists()


def test_ready_is_a_session_with_main(stage: Stage):
    main = stage.main()
    worker = stage.worker(main, "w1", "--http-port", 0)
    with client_of(worker) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        wait_until(lambda: client.get("/readyz").status_code == 200, what="a session")
        assert (worker.data_dir / "worker/http.address").read_text().strip()

        main.server.kill()
        wait_until(lambda: client.get("/readyz").status_code == 503, what="no session")
        answer = client.get("/readyz")
        problem = expect_problem(answer, 503, "not_ready")
        assert "session" in problem["detail"] and answer.headers["retry-after"]
        assert client.get(problem["type"]).status_code == 200
        assert client.get("/healthz").status_code == 200, "a worker without a main server waits, and lives"

        stage.main("--grpc-port", main.ready.grpc.rpartition(":")[2])
        wait_until(lambda: client.get("/readyz").status_code == 200, what="a session again")
    assert worker.server.stop() == 0
    assert not (worker.data_dir / "worker/http.address").exists()


def test_figures_are_those_of_the_page_and_name_nobody(stage: Stage):
    main = stage.main()
    worker = stage.worker(main, "ivory-worker", "--http-port", 0)
    main.api.paper_group("crimson-group", **{"violet-account": {"FAULT": "hang"}})
    placed = main.api.place("crimson-group", symbols=["ZQXW"])
    worker.wait_started("violet-account")
    with client_of(worker) as client:
        text = client.get("/metrics").text
        assert families(text) == documented_families("worker")
        values = {name: value for (name, labels), value in samples(text).items() if not labels}
        assert (values["tradeauto_main_server_session"], values["tradeauto_running_tasks"]) == (1, 1)
        assert values["tradeauto_journal_write_duration_seconds_count"] == 1
        main.api.paper_group("amber-group", **{"amber-account": {}})
        assert statuses(main.api.place_and_wait("amber-group")) == {"amber-account": "filled"}
        outcome = frozenset({"executor": "paper", "outcome": "answered"}.items())
        wait_until(
            lambda: samples(client.get("/metrics").text)["tradeauto_runs_total", outcome] == 1,
            what="the run that ended is counted",
        )
        text = client.get("/metrics").text
        names = ("ivory-worker", "amber", "crimson", "violet", "ZQXW", placed["id"], main.api.token)
        assert [name for name in names if name in text] == []
        for path in ("/v1/orders", "/v1/workers", "/openapi.json", "/docs", "/"):
            expect_problem(client.get(path), 404)
        assert client.post("/metrics", json={}).status_code == 405


class TestBeyondLoopback:
    def test_in_clear_it_is_refused(self, stage: Stage):
        main = stage.main()
        host, _, port = main.ready.grpc.rpartition(":")
        server = stage.run(
            *("worker", "--data-dir", stage.folder / "w", "--main-server-host", host, "--main-server-port", port),
            *("--token-file", main.data_dir / "admin.token", "--http-host", "0.0.0.0", "--http-port", 0),
        )
        assert server.wait_exit() != 0
        assert "HTTP_HOST" in server.output and "ALLOW_PLAINTEXT_BEYOND_LOOPBACK" in server.output

    def test_figures_need_the_workers_token(self, stage: Stage):
        main = stage.main()
        words = ("--http-host", "0.0.0.0", "--http-port", 0, "--allow-plaintext-beyond-loopback", "on")
        worker = stage.worker(main, "w1", *words)
        port = worker.ready.http.rpartition(":")[2]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as client:
            assert client.get("/healthz").status_code == 200
            expect_problem(client.get("/metrics"), 401)
            expect_problem(client.get("/metrics", headers={"Authorization": "Bearer ta_wrong"}), 401)
            answer = client.get("/metrics", headers={"Authorization": f"Bearer {main.api.token}"})
            assert answer.status_code == 200 and "tradeauto_build_info" in answer.text


@pytest.mark.parametrize("beside_main", [True, False])
def test_a_port_that_is_taken_ends_the_start(stage: Stage, beside_main):
    main = stage.main()
    host, _, port = main.ready.grpc.rpartition(":")
    taken = main.ready.http if beside_main else main.ready.grpc
    server = stage.run(
        *("worker", "--data-dir", stage.folder / "w", "--main-server-host", host, "--main-server-port", port),
        *("--token-file", main.data_dir / "admin.token", "--http-port", taken.rpartition(":")[2]),
    )
    assert server.wait_exit() != 0
    assert "HTTP_PORT" in server.output
