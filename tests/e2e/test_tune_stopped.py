"""A search that is stopped: it ends soon, leaves nothing half-made, and is not begun anew."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from support.cli import PROGRAM, vmafx
from vmafx_core.testing import write_clip


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 pictures of 320x240: a probe takes a while."""
    path = tmp_path_factory.mktemp("movie") / "movie.mkv"
    options = {"crf": "10", "preset": "ultrafast"}
    return write_clip(path, frames=60, options=options)


@pytest.mark.parametrize("after", ["sampled", "probing", "probed"])
def test_a_stopped_search_ends_soon_and_what_it_measured_is_kept(
    movie: Path, tmp_path: Path, after: str
) -> None:
    cache = tmp_path / "cache"
    command = [PROGRAM, "tune", "crf", str(movie), "--preset", "fast", "--target", "90"]
    results = ["--format", "ndjson", "-o", "found.json", "--report", "found.html"]
    with subprocess.Popen(
        [*command, *results],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # a buffer would hold lines that `communicate` does not see
        cwd=tmp_path,
        env={"VMAFX_CACHE_DIR": str(cache)},
    ) as process:
        assert process.stdout
        for line in process.stdout:
            if json.loads(line)["event"] == after:
                break
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=30)
    events = [json.loads(line)["event"] for line in rest.splitlines()]
    if "finished" in events:
        pytest.skip("the search was over before it could be stopped")
    assert (process.returncode, err) == (130, b"")
    assert [path.name for path in tmp_path.iterdir() if path != cache] == []
    if after == "probed":
        (first,) = [
            json.loads(line)
            for line in vmafx(
                *command[1:], *results[:2], VMAFX_CACHE_DIR=str(cache)
            ).out.splitlines()
            if '"finished"' in line
        ]
        assert any(p["cached"] for p in first["result"]["points"])
