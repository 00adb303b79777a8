"""Starting daemons in the background, asking after them, and stopping them."""

import json
import os
import re
import signal
import socket
import stat
from pathlib import Path

import psutil
import pytest

from support.background import Home
from support.daemon import running


def test_it_says_where_it_listens_and_lets_go_of_whoever_started_it(home: Home) -> None:
    started = home.start()
    assert started.code == 0
    first, *addresses = started.out.splitlines()
    process = home.process
    assert first == f"process {process.pid} listens at"
    assert addresses[0] == f"  unix:{home.state}/daemon.sock"
    assert re.fullmatch(r"  127\.0\.0\.1:[1-9]\d*", addresses[1])
    assert re.fullmatch(r"  http://127\.0\.0\.1:[1-9]\d*", addresses[2])
    assert process.cwd() == "/"
    assert os.getsid(process.pid) == process.pid


def test_its_status_is_told_to_people_and_to_programs(home: Home) -> None:
    started = home.start("--workers", "3")
    table = home.vmafx("daemon", "status")
    assert (table.code, table.err) == (0, "")
    assert "3 jobs at once" in table.out
    assert not any(line.endswith(" ") for line in table.out.splitlines())
    document = json.loads(home.vmafx("daemon", "status", "--format", "json").out)
    assert (document["version"], document["uptime"] >= 0) == (1, True)
    daemon = document["daemon"]
    assert (daemon["pid"], daemon["slots"]) == (home.process.pid, 3)
    assert daemon["addresses"] == [line.strip() for line in started.out.splitlines()[1:]]


def test_files_and_socket_are_for_this_user_alone_whatever_the_umask(home: Home) -> None:
    before = os.umask(0)
    try:
        assert home.start().code == 0
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.state.iterdir()}
    assert modes["daemon.sock"] == 0o600
    assert not any(mode & 0o077 for mode in modes.values()), modes
    assert stat.S_IMODE(home.state.stat().st_mode) == 0o700


def test_a_state_folder_has_one_daemon_and_the_error_names_it(home: Home) -> None:
    home.start()
    again = home.start()
    assert (again.code, again.out) == (7, "")
    assert f"another daemon (process {home.process.pid}) has the state folder" in again.err
    assert "vmafx daemon stop" in again.err
    assert home.vmafx("daemon", "status").code == 0


def test_a_database_has_one_daemon_whatever_it_is_called(home: Home, tmp_path: Path) -> None:
    database, other_name = tmp_path / "shared.db", tmp_path / "link.db"
    other_name.symlink_to(database)
    with running(tmp_path / "other", "--database", f"sqlite:///{database}"):
        failed = home.start("--database", f"sqlite:///{other_name}")
        assert (failed.code, failed.out) == (7, "")
        assert "another daemon uses the database of jobs" in failed.err
    assert home.start("--database", f"sqlite:///{other_name}").code == 0


@pytest.mark.parametrize("option", ["--grpc-port", "--http-port"])
def test_a_taken_port_is_named(home: Home, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        failed = home.start(option, port)
    assert (failed.code, failed.out) == (7, "")
    assert f"cannot listen on 127.0.0.1:{port}" in failed.err
    assert option in failed.err
    assert home.vmafx("daemon", "status").code == 6


def test_what_a_killed_daemon_leaves_behind_is_in_nobodys_way(home: Home) -> None:
    home.start()
    home.kill()
    assert (home.state / "daemon.sock").is_socket()
    assert home.vmafx("daemon", "status").code == 6
    assert home.vmafx("jobs", "list").code == 6
    assert home.start().code == 0
    assert home.vmafx("jobs", "list").code == 0


def test_stopping_waits_for_its_end(home: Home) -> None:
    home.start()
    process = home.process
    stopped = home.vmafx("daemon", "stop")
    assert (stopped.code, stopped.out, stopped.err) == (0, "", "")
    _, left = psutil.wait_procs([process], 10)
    assert not left
    assert not (home.state / "daemon.sock").exists()
    assert home.start().code == 0


@pytest.mark.parametrize("command", ["stop", "status"])
def test_that_there_is_none_is_told(home: Home, command: str) -> None:
    ended = home.vmafx("daemon", command)
    assert (ended.code, ended.out) == (6, "")
    assert f"no daemon has the state folder {home.state}" in ended.err
    assert not home.state.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--grpc-port", "70000"], "--grpc-port"),
        (["--http-port", "x"], "--http-port"),
        (["--workers", "0"], "--workers"),
        (["--drain", "soon"], "--drain"),
        (["--log-level", "loud"], "'loud'"),
        (["--tls-cert", "server.pem"], "TLS needs both"),
        (["--host", "0.0.0.0"], "vmafx daemon token add"),
        (["--root", "nowhere"], "--root"),
        (["--prot", "1"], "--prot"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_there(
    home: Home, options: list[str], words: str
) -> None:
    ended = home.start(*options)
    assert (ended.code, ended.out) == (2, "")
    assert words in ended.err
    assert home.vmafx("daemon", "status").code == 6


def test_a_state_folder_that_cannot_be_is_named(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for folder in (file, file / "below", Path("/proc/vmafx")):
        ended = home.start("--state-dir", folder)
        assert ended.code == 7
        assert f"the state folder {folder} cannot be used" in ended.err
        assert "--state-dir" in ended.err


def test_a_signal_to_whoever_starts_it_leaves_no_daemon(home: Home) -> None:
    starting = home.begin("daemon", "start", "--grpc-port", "0", "--http-port", "0")
    starting.send_signal(signal.SIGTERM)
    starting.communicate(timeout=60)
    assert starting.returncode in {-signal.SIGTERM, 130, 143}
    assert home.vmafx("daemon", "status").code == 6
