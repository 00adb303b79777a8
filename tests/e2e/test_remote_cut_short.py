"""Videos that are sent to a daemon, and are not all there."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import PROGRAM, InProcess
from support.daemon import running
from vmafx_core.testing import write_clip


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("daemon")) as daemon:
        yield daemon.addresses[0]


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "gif", "avi", "yuv"])
def test_a_video_that_is_cut_short_is_told_so_when_it_is_sent_too(
    run: InProcess, daemon: str, tmp_path: Path, ending: str
) -> None:
    codec, pix_fmt = {"gif": ("gif", "rgb8"), "yuv": ("rawvideo", "yuv420p")}.get(
        ending, ("mpeg4", "yuv420p")
    )
    name = f"whole_160x120.{ending}"
    whole = write_clip(
        tmp_path / name, frames=20, width=160, height=120, codec=codec, pix_fmt=pix_fmt
    )
    cut = whole.with_name(name.replace("whole", "cut"))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 3 // 4 + 1])
    here, there = run("score", whole, cut), run("score", whole, cut, "--remote", daemon, "--upload")
    assert here.code == 3
    assert (there.code, there.err) == (here.code, here.err)


def test_a_pipe_that_ends_too_early_is_told_so_when_it_is_sent_too(
    daemon: str, tmp_path: Path
) -> None:
    whole = write_clip(tmp_path / "a.y4m", frames=10, codec="wrapped_avframe")
    words = [PROGRAM, "score", str(whole), "-", "--format", "json"]
    for video, said in ((whole.read_bytes()[:-100], b"cut short"), (b"", b"nothing came")):
        ended = [
            subprocess.run([*words, *more], input=video, capture_output=True, check=False)
            for more in ([], ["--remote", daemon])
        ]
        assert ended[0].returncode == 3
        assert said in ended[0].stderr
        assert (ended[1].returncode, ended[1].stderr) == (3, ended[0].stderr)
