"""Daemons in the foreground, as containers and service managers run them."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from support.cli import PROGRAM, vmafx
from support.daemon import running
from support.data import ROOT, program
from vmafx_core.testing import write_clip

_UNITS = ROOT / "deploy" / "systemd"
_PROXY = "/usr/lib/systemd/systemd-socket-proxyd"
_PATIENCE = 30.0


def test_it_needs_neither_a_home_nor_a_terminal_nor_a_folder_to_write_in(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    state = tmp_path / "state"
    environment = {"VMAFX_STATE_DIR": str(state), "VMAFX_GRPC_PORT": "0", "VMAFX_PORT": "0"}
    process = subprocess.Popen(
        [PROGRAM, "daemon", "start", "--foreground"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd="/proc",
        env=environment,
    )
    assert process.stderr
    started = json.loads(process.stderr.readline())
    assert (started["event"], started["pid"]) == ("started", process.pid)
    scored = vmafx("score", clip, clip, "--remote", started["at"][0])
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=_PATIENCE)
    assert (scored.code, process.returncode, out) == (0, 0, "")
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events[-2:] == ["stopping", "stopped"]
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "state"}


def test_an_error_of_its_start_ends_it_with_the_errors_code(tmp_path: Path) -> None:
    with running(tmp_path / "state"):
        ended = vmafx("daemon", "start", "--foreground", "--state-dir", tmp_path / "state")
    assert (ended.code, ended.out) == (7, "")
    assert ended.err.startswith("vmafx: error: another daemon (process ")


def test_the_manager_is_told_when_it_listens_and_when_it_stops(tmp_path: Path) -> None:
    path = tmp_path / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(_PATIENCE)
        with running(tmp_path / "state", NOTIFY_SOCKET=str(path)) as daemon:
            assert manager.recv(100) == b"READY=1"
            daemon.signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"
            assert daemon.wait() == 0


@pytest.mark.parametrize("kind", ["system", "user"])
def test_systemd_takes_the_units(tmp_path: Path, kind: str) -> None:
    analyze = program("systemd-analyze")
    for unit in (_UNITS / kind).iterdir():
        words = unit.read_text()
        for place in ("/usr/local/bin/vmafx", "%h/.local/bin/vmafx"):
            words = words.replace(f"ExecStart={place} ", f"ExecStart={PROGRAM} ")
        (tmp_path / unit.name).write_text(words)
    done = subprocess.run(
        [analyze, "verify", f"--{kind}", "--man=no", *sorted(tmp_path.iterdir())],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_it_can_be_reached_by_a_socket_of_systemd(tmp_path: Path) -> None:
    activate = program("systemd-socket-activate")
    path = tmp_path / "on-demand.sock"
    with running(tmp_path / "state") as daemon:
        proxy = subprocess.Popen(
            [activate, "-l", path, _PROXY, daemon.addresses[0].removeprefix("unix:")],
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + _PATIENCE
            while not path.is_socket():
                assert time.monotonic() < until, "nobody listens"
                time.sleep(0.01)
            clip = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
            # Only the owner may name any file.
            scored = vmafx("score", clip, clip, "--remote", f"unix:{path}", "--format", "json")
        finally:
            proxy.kill()
            proxy.wait()
    assert scored.code == 0, scored.err
    assert json.loads(scored.out)["pooled_metrics"]
