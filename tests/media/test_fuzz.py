"""Whatever a file holds: its pictures come, or an InputError. Each kind in a process of its own."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from vmafx_core.testing import write_clip

CODECS = {"webm": "libvpx-vp9", "y4m": "rawvideo", "yuv": "rawvideo", "avi": "mpeg4"}
MUTATIONS = 30
# Reads every file that it is given by line, and says what came of it.
READER = """
import sys
from vmafx_core.errors import InputError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
for line in sys.stdin:
    try:
        with VideoSource(InputSpec(location=line.strip())) as source:
            print("frames", sum(1 for _ in source.frames()), flush=True)
    except InputError as error:
        assert line.strip() in error.message, error
        assert len(str(error).splitlines()) <= 2, error
        print("refused", flush=True)
"""


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Cut, flip, overwrite, remove or repeat something, anywhere in the file."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 10))):
        at = rng.randrange(max(len(changed), 1))
        size = min(rng.choice((1, 4, 64, 1000)), len(changed) - at)
        match rng.choice(("cut", "flip", "flip", "noise", "zero", "remove", "repeat")):
            case "cut":
                del changed[max(at, 1) :]
            case "flip" if changed:
                changed[at] ^= 1 << rng.randrange(8)
            case "noise":
                changed[at : at + size] = rng.randbytes(size)
            case "zero":
                changed[at : at + size] = bytes(size)
            case "remove":
                del changed[at : at + size]
            case "repeat":
                changed[at:at] = changed[at : at + size]
    return bytes(changed)


@pytest.mark.parametrize("start", [False, True], ids=["anywhere", "headers"])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "webm", "ts", "y4m", "yuv", "avi", "h264"])
def test_a_mutilated_file_is_read_or_refused(tmp_path: Path, ending: str, *, start: bool) -> None:
    clip = tmp_path / "whole_64x48_yuv420p.nut"
    if ending == "yuv":
        whole = bytes(10 * 64 * 48 * 3 // 2)
    else:
        clip = clip.with_suffix(f".{ending}")
        write_clip(clip, frames=10, width=64, height=48, codec=CODECS.get(ending, "libx264"))
        whole = clip.read_bytes()
    paths = []
    for seed in range(MUTATIONS):
        rng = random.Random(f"{ending} {start} {seed}")
        data = mutated(whole[:600], rng) + whole[600:] if start else mutated(whole, rng)
        paths.append(tmp_path / f"{seed}_64x48_yuv420p.{ending}")
        paths[-1].write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", READER],
        input="\n".join(map(str, paths)),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    outcomes = done.stdout.splitlines()
    assert len(outcomes) == MUTATIONS
    assert "refused" in outcomes
