"""How a daemon comes by its settings."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from support.background import Home
from support.cli import PROGRAM
from support.ports import free_port
from vmafx_core.testing import write_clip


def status(home: Home) -> Any:
    return json.loads(home.vmafx("daemon", "status", "--format", "json").out)["daemon"]


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    home: Home, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[daemon.start]\nworkers = 2\nlog-level = "debug"\nroot = ["/"]\n')
    command = ("daemon", "start", "--http-port", "0", "--grpc-port", "0")
    for more, environment, slots in (
        ((), {}, 2),
        ((), {"VMAFX_WORKERS": "3"}, 3),
        (("--workers", "4"), {"VMAFX_WORKERS": "3"}, 4),
    ):
        started = home.vmafx(*command, *more, VMAFX_CONFIG=str(file), **environment)
        assert started.code == 0, started.err
        assert status(home)["slots"] == slots
        home.vmafx("daemon", "stop")
    debugged = home.vmafx("daemon", "logs", "-n", "100").out
    assert '"level": "debug"' in debugged


def test_ports_and_socket_are_where_the_environment_says(home: Home, tmp_path: Path) -> None:
    port = str(free_port())
    path = tmp_path / "own.sock"
    started = home.vmafx(
        *("daemon", "start"), VMAFX_GRPC_PORT=port, VMAFX_PORT="0", VMAFX_SOCKET=str(path)
    )
    assert started.code == 0, started.err
    assert status(home)["addresses"][:2] == [f"unix:{path}", f"127.0.0.1:{port}"]
    assert home.vmafx("jobs", "list", "--remote", f"127.0.0.1:{port}").code == 0


def test_roots_of_the_environment_are_several_and_relative_ones_are_of_the_caller(
    home: Home, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        write_clip(folder / "clip.mp4", frames=3, width=64, height=64)
    settings = {"VMAFX_STATE_DIR": str(home.state), "VMAFX_SCORING_ROOTS": "first:second"}
    subprocess.run(
        [PROGRAM, "daemon", "start", "--grpc-port", "0", "--http-port", "0"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=os.environ | settings,
    )
    address = status(home)["addresses"][1]
    clips = (first / "clip.mp4", second / "clip.mp4")
    assert home.vmafx("score", *clips, "--remote", address).code == 0
    outside = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    refused = home.vmafx("score", clips[0], outside, "--remote", address)
    assert refused.code == 6
    assert "--root" in refused.err


def test_a_wrong_setting_of_the_file_is_named(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[daemon.start]\nworker = 2\n")
    ended = home.vmafx("daemon", "start", VMAFX_CONFIG=str(file))
    assert ended.code == 2
    assert "Did you mean 'workers'" in ended.err
