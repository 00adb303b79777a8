"""Memory of raw pictures is used again, and not mapped anew for each."""

import mmap
import os
import platform
import subprocess
from pathlib import Path

import pytest

from support.cli import PROGRAM

WIDTH, HEIGHT = 1280, 720
PICTURE = WIDTH * HEIGHT * 3 // 2


def faults(folder: Path, frames: int) -> int:
    """Pages that were mapped to score so many frames."""
    path = folder / f"{frames}.yuv"
    with path.open("wb") as file:
        for number in range(frames):
            file.write(bytes([number]) * PICTURE)
    words = ["score", path, path, "--width", WIDTH, "--height", HEIGHT, "--pix-fmt", "yuv420p"]
    words += ["--no-model", "-f", "psnr", "--threads", "1", "-o", folder / "scores.json"]
    process = subprocess.Popen(
        [str(word) for word in (PROGRAM, *words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_minflt


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are left as is")
def test_a_picture_more_takes_no_pages_of_its_own(tmp_path: Path) -> None:
    few, many = 20, 80
    more = faults(tmp_path, many) - faults(tmp_path, few)
    assert more < 0.5 * (many - few) * 2 * PICTURE / mmap.PAGESIZE
