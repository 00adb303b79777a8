"""What goes wrong with neural models: told with the right exit code, nothing left behind."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from support.cli import PROGRAM, Ended, vmafx
from support.onnx_models import brightness, regressor, write_model
from vmafx_core.testing import write_clip


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("faults") / "clip.mp4", frames=8)


def scored(clip: Path, model: Path, *more: str) -> Ended:
    """How a clip is scored against itself by a model that is installed for that."""
    here = str(model.parent / "models")
    added = vmafx("models", "add", model, "--kind", "fr", VMAFX_MODEL_DIR=here)
    assert added.code == 0, added.err
    return vmafx("score", clip, clip, "-m", f"{model.stem}{''.join(more)}", VMAFX_MODEL_DIR=here)


def test_a_provider_that_fails_is_named(clip: Path, tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Reshape", ["features", "sevens"], ["rows"]),
        helper.make_node("ReduceMean", ["rows"], ["score"], axes=[1], keepdims=0),
    ]
    sevens = {"sevens": np.array([7, -1], np.int64)}
    read: dict[str, list[int | str]] = {"features": ["N", 6]}
    path = write_model(tmp_path / "broken.onnx", nodes, read, {"score": ["M"]}, sevens)
    ended = scored(clip, path)
    assert ended.code == 7
    assert "model broken failed on CPUExecutionProvider" in ended.err
    assert ended.out == ""


def test_what_is_no_number_ends_the_run(clip: Path, tmp_path: Path) -> None:
    ended = scored(clip, regressor(tmp_path / "nan.onnx", weights=[float("nan")] * 6))
    assert ended.code == 7
    assert "model nan: gave what is no number" in ended.err


def test_fp16_on_a_cpu_is_refused(clip: Path, tmp_path: Path) -> None:
    ended = scored(clip, regressor(tmp_path / "sum.onnx"), ":fp16")
    assert ended.code == 5
    assert "fp16" in ended.err


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    here = tmp_path / "models"
    vmafx(
        "models", "add", regressor(tmp_path / "m.onnx"), "--kind", "fr", VMAFX_MODEL_DIR=str(here)
    )
    before = sorted(p.name for p in here.rglob("*"))
    path = brightness(tmp_path / "m.onnx")
    path.write_bytes(path.read_bytes() + b"\0" * 100_000)
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 8; exec "$0" models add "$1" --kind nr', PROGRAM, path],
        capture_output=True,
        check=False,
        env=os.environ | {"VMAFX_MODEL_DIR": str(here), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 7, done.stderr
    assert b"Nothing was installed" in done.stderr
    assert sorted(p.name for p in here.rglob("*")) == before


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_download_leaves_nothing(
    tmp_path: Path, number: signal.Signals, code: int
) -> None:
    here = tmp_path / "models"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/registry.json"
        adding = subprocess.Popen(
            [PROGRAM, "models", "add", address],
            env=os.environ | {"VMAFX_MODEL_DIR": str(here)},
            stderr=subprocess.PIPE,
        )
        with adding, server.accept()[0] as connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
            adding.send_signal(number)
            adding.communicate()
    assert adding.returncode == code
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("package", "args"),
    [
        ("onnx", ("models", "add", "m.onnx", "--kind", "fr")),
        ("httpx", ("models", "add", "http://127.0.0.1:9/registry.json")),
        ("onnxruntime", ("score", "clip", "clip", "-m", "m")),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_brings_it(
    clip: Path, tmp_path: Path, package: str, args: tuple[str, ...]
) -> None:
    path = regressor(tmp_path / "m.onnx")
    here = str(tmp_path / "models")
    vmafx("models", "add", path, "--kind", "fr", VMAFX_MODEL_DIR=here)
    code = (
        f"import sys; sys.modules['{package}'] = None\n"
        "from vmafx_cli.main import main; sys.exit(main())"
    )
    words = [{"m.onnx": str(path), "clip": str(clip)}.get(word, word) for word in args]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        check=False,
        env=os.environ | {"VMAFX_MODEL_DIR": here},
    )
    assert done.returncode == 5, done.stderr
    assert f"not installed: {package}\n" in done.stderr.decode()
    assert b"vmafx[onnx]" in done.stderr
