"""Each rule of the layer check bites on a tree that breaks it, and lets what it must let."""

from pathlib import Path

import check_layers
import pytest

HEADER = "#pragma once\n"


def write(root: Path, path: str, text: str) -> None:
    file = root / "src" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if "/" in path:
        (root / "src" / path.split("/")[0] / "README.md").write_text("# A room\n", encoding="utf-8")


def rules_of(root: Path) -> list[str]:
    return [finding.rule for finding in check_layers.check(root)]


@pytest.mark.parametrize("room", sorted(check_layers.ROOMS))
def test_a_room_may_include_exactly_what_its_row_says(tmp_path: Path, room: str) -> None:
    others = sorted(set(check_layers.ROOMS) - {room})
    write(tmp_path, f"{room}/all.cc", "".join(f'#include "{other}/door.h"\n' for other in others))
    refused = {finding.text.split()[4] for finding in check_layers.check(tmp_path)}
    assert refused == set(others) - check_layers.ROOMS[room]


def test_the_row_of_six_never_includes_each_other() -> None:
    six = {"store", "executors", "rpc", "http", "main_server", "worker"}
    for room in six:
        assert not check_layers.ROOMS[room] & (six | {"cli", "app"})


def test_arrows_point_down_only() -> None:
    for room, allowed in check_layers.ROOMS.items():
        for other in allowed:
            assert room not in check_layers.ROOMS[other], f"{room} and {other} include each other"


@pytest.mark.parametrize(
    ("path", "line", "rule"),
    [
        ("worker/a.cc", '#include "tradeauto/v1/session.pb.h"', "foreign-header"),
        ("worker/a.cc", "#include <grpcpp/grpcpp.h>", "foreign-header"),
        ("store/a.cc", "#include <boost/json.hpp>", "foreign-header"),
        ("app/wiring.cc", "#include <boost/json/parse.hpp>", "foreign-header"),
        ("rpc/a.cc", "#include <boost/beast/core.hpp>", "foreign-header"),
        ("domain/a.cc", "#include <boost/asio/awaitable.hpp>", "foreign-header"),
        ("store/memory/a.cc", "#include <sqlite3.h>", "foreign-header"),
        ("store/sqlite/a.cc", "#include <hiredis/hiredis.h>", "foreign-header"),
        ("main_server/a.cc", "#include <sodium.h>", "foreign-header"),
        ("executors/paper/a.cc", "#include <spawn.h>", "foreign-header"),
        ("worker/a.cc", "#include <CLI/CLI.hpp>", "foreign-header"),
        ("worker/a.cc", "#include <gtest/gtest.h>", "foreign-header"),
        ("worker/a.cc", '#include "testing/fake_clock.h"', "foreign-header"),
        ("store/a.cc", '#include "contract/ledger_contract.h"', "foreign-header"),
        ("worker/a.cc", '#include "a.h"', "include-form"),
        ("worker/a.cc", '#include "../base/result.h"', "include-form"),
        ("worker/a.cc", '#include "nowhere/a.h"', "include-form"),
        ("worker/a.cc", "auto now = std::chrono::steady_clock::now();", "clock"),
        ("worker/a.cc", "clock_gettime(CLOCK_BOOTTIME, &at);", "clock"),
        ("worker/a_test.cc", "auto now = std::chrono::system_clock::now();", "clock"),
        ("worker/a.cc", "std::random_device seed;", "random"),
        ("executors/autorsa/a.cc", 'const char* path = std::getenv("PATH");', "environment"),
        ("store/a.cc", "std::thread writer_;", "thread"),
        ("worker/a.cc", "std::jthread writer_;", "thread"),
        ("net/a.cc", "asio::co_spawn(executor, run(), asio::detached);", "detached"),
        ("app/a.cc", "std::this_thread::sleep_for(1s);", "sleep"),
        ("worker/a_test.cc", "usleep(100);", "sleep"),
        ("app/a.cc", "const pid_t child = fork();", "process"),
        ("executors/autorsa/a.cc", "posix_spawn(&pid, path, nullptr, nullptr, argv, env);", "process"),
        ("app/a.cc", "execve(path, argv, env);", "process"),
        ("executors/process/a.cc", 'std::system("true");', "shell"),
        ("domain/a.cc", "double price = 0;", "floating-point"),
        ("ports/a.h", HEADER + "float price;", "floating-point"),
        ("store/a_test.cc", "double price = 0;", "floating-point"),
        ("worker/a.h", "int a;", "pragma-once"),
        ("worker/a.cc", "int a;\n" * 601, "length"),
        ("attic/a.cc", "int a;", "room"),
        ("a.cc", "int a;", "room"),
        ("worker/a.cc", "int a;  // layer-check: allow because", "allowance"),
        ("worker/a.cc", "std::thread t;  // layer-check: allow", "allowance"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, path: str, line: str, rule: str) -> None:
    write(tmp_path, path, line + "\n")
    assert rules_of(tmp_path) == [rule]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("rpc/a.cc", '#include "tradeauto/v1/session.pb.h"'),
        ("rpc/a.cc", "#include <grpcpp/grpcpp.h>"),
        ("http/a.cc", "#include <boost/json.hpp>"),
        ("app/settings_reader.cc", "#include <boost/json.hpp>"),
        ("app/log_sink.cc", "#include <boost/json.hpp>"),
        ("executors/autorsa/a.cc", "#include <boost/json.hpp>"),
        ("net/a.cc", "#include <boost/beast/core.hpp>"),
        ("ports/a.h", HEADER + "#include <boost/asio/awaitable.hpp>"),
        ("store/sqlite/a.cc", "#include <sqlite3.h>"),
        ("crypto/a.cc", "#include <sodium.h>"),
        ("executors/process/a.cc", "#include <spawn.h>"),
        ("cli/a.cc", "#include <CLI/CLI.hpp>"),
        ("worker/a_test.cc", '#include <gtest/gtest.h>\n#include "testing/fake_clock.h"'),
        ("store/a_test.cc", '#include "contract/ledger_contract.h"'),
        ("base/a.cc", "auto now = std::chrono::steady_clock::now();"),
        ("base/a.cc", "std::random_device seed;"),
        ("app/a.cc", 'const char* path = std::getenv("PATH");'),
        ("net/a.cc", "std::jthread worker_;"),
        ("worker/a.cc", "const unsigned cpus = std::thread::hardware_concurrency();"),
        ("worker/a_test.cc", "std::thread other([] {});"),
        ("app/a.cc", "asio::co_spawn(executor, run(), asio::detached);"),
        ("worker/a.cc", "co_await sleep_for(clock, 1s);"),
        ("worker/a.cc", "timers_.sleep(1s);"),
        ("executors/process/a.cc", "const pid_t child = ::fork();"),
        ("http/a.cc", "double seconds = 0;"),
        ("domain/a.cc", "// a double is never used; see steady_clock::now() and std::thread"),
        ("domain/a.cc", "/* no\n   double */ int a;"),
        ("domain/a.cc", 'auto text = "double getenv std::thread";'),
        ("domain/a.cc", 'auto text = R"(a "double" one)";'),
        ("domain/a.cc", "constexpr int kMillion = 1'000'000;"),
        ("worker/a.cc", "int a;\n" * 599 + "int a;"),
        ("worker/a.cc", "std::thread t;  // layer-check: allow the supervisor needs its own"),
        ("worker/a.cc", '#include "rpc/door.h"  // layer-check: allow until the door is a port'),
    ],
)
def test_what_is_right_passes(tmp_path: Path, path: str, line: str) -> None:
    write(tmp_path, path, line + "\n")
    assert rules_of(tmp_path) == []


def test_code_behind_a_digit_separator_is_still_read(tmp_path: Path) -> None:
    write(tmp_path, "domain/a.cc", "int a = 1'000; double b = 2'000;\n")
    assert rules_of(tmp_path) == ["floating-point"]


def test_a_room_without_a_readme_is_found(tmp_path: Path) -> None:
    write(tmp_path, "worker/a.cc", "int a;\n")
    (tmp_path / "src/worker/README.md").unlink()
    assert rules_of(tmp_path) == ["readme"]


def test_a_finding_names_path_line_and_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "worker/a.cc", '\n#include "rpc/door.h"\n')
    assert check_layers.main([str(tmp_path)]) == 1
    assert capsys.readouterr().err == "src/worker/a.cc:2: layer: worker must not include rpc (rpc/door.h)\n"


def test_a_long_file_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "worker/a.cc", "int a;\n" * 401)
    assert check_layers.main([str(tmp_path)]) == 0
    assert "src/worker/a.cc: 401 lines" in capsys.readouterr().err


def test_a_tree_without_sources_is_an_error(tmp_path: Path) -> None:
    assert check_layers.main([str(tmp_path)]) == 2
