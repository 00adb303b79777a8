"""An encode that was stopped half-way, by Ctrl-C or worse, is gone on with by the same command."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import pytest

from vmafx_core.testing import write_clip

# The program with short stretches, which says whenever one is encoded, and is stopped by a signal
# as soon as one more begins than it is to finish.
_PROGRAM = """
import os, sys
from vmafx_core.chunks import stretches
from vmafx_cli.entry import main

number, finished = int(sys.argv.pop(1)), int(sys.argv.pop(1))
encode_kept = stretches.encode_kept

def told(path, *args, **kwargs):
    if path.stem.endswith(f"{finished:05}"):
        os.kill(os.getpid(), number)
    encode_kept(path, *args, **kwargs)
    print("encoded", path.stem[-5:], file=sys.stderr, flush=True)

stretches.SHORTEST, stretches.LONGEST, stretches.encode_kept = 20, 20, told
main()
"""
_NEVER = 99


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("movie") / "movie.mkv"
    return write_clip(path, frames=75, width=160, height=120)


def run(
    movie: Path, output: Path, number: int = signal.SIGTERM, finished: int = _NEVER
) -> tuple[int, list[str]]:
    """Encode, and stop when so many stretches are finished.

    Returns:
        The exit code, and what it told.
    """
    command = ["tune", "encode", str(movie), str(output), "--preset", "ultrafast", "-t", "90", "-q"]
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(int(number)), str(finished), *command],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"VMAFX_CACHE_DIR": str(output.parent / "cache")},
        timeout=120,
    )
    return ended.returncode, ended.stderr.splitlines()


def packets(video: Path) -> list[tuple[int | None, int | None, bytes]]:
    with av.open(str(video)) as container:
        return [(p.pts, p.dts, bytes(p)) for p in container.demux(video=0) if p.size]


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_an_interrupted_encode_is_gone_on_with(
    movie: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    whole, resumed = tmp_path / "whole.mp4", tmp_path / "resumed.mp4"
    parts = [f"encoded {part:05}" for part in range(4)]
    assert run(movie, whole) == (0, parts)
    ended, told = run(movie, resumed, number, finished=2)
    assert (ended, told[:2]) == (code, parts[:2])
    assert not resumed.exists()
    ended, more = run(movie, resumed)
    assert ended == 0
    # A signal may come late, and between the end of a stretch and its being told.
    assert more in (parts[len(told) :], parts[len(told) + 1 :])
    assert packets(resumed) == packets(whole)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "resumed.mp4", "whole.mp4"]
