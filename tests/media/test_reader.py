"""Reading ahead, and leaving it: FFmpeg's memory has to outlive the thread that is in it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vmafx_core.media.convert import Converter
from vmafx_core.media.reader import FrameReader
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import Chroma, InputSpec, PictureFormat
from vmafx_core.testing import write_clip

SIZE = PictureFormat(320, 240, Chroma.C420, 8)

# Closes readers, and their sources besides, while their threads drop frames.
CANCELLING = """
import sys, time
from vmafx_core.media.reader import FrameReader
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec

for round in range(40):
    source = VideoSource(InputSpec(location=sys.argv[1], skip=290), threads=2)
    reader = FrameReader(source, [])
    time.sleep(0.001 * (round % 10))
    if round % 2:
        source.close()
    reader.close()
    source.close()
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reader") / "clip.mp4"
    return write_clip(path, frames=300, options={"preset": "ultrafast"})


def test_pictures_come_in_order_and_once(clip: Path) -> None:
    source = VideoSource(InputSpec(location=str(clip), skip=280))
    with FrameReader(source, [Converter(source.info, "", SIZE)]) as reader:
        times = [shown.time for (shown,) in reader]
    assert times == pytest.approx([i / 25 for i in range(280, 300)])


def test_leaving_in_the_middle_of_a_long_skip_breaks_nothing(clip: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", CANCELLING, str(clip)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_source_that_is_closed_gives_no_more_frames(clip: Path) -> None:
    source = VideoSource(InputSpec(location=str(clip)))
    frames = source.frames()
    next(frames)
    source.close()
    # What the decoder had given already may still come.
    assert len(list(frames)) < 10


def test_a_reader_that_waits_for_its_input_frees_it_when_it_comes_back(clip: Path) -> None:
    source = VideoSource(InputSpec(location=str(clip)))
    entered, leave = threading.Event(), threading.Event()
    opened = source._opened

    def use() -> None:
        with opened.use():
            entered.set()
            leave.wait(30)

    thread = threading.Thread(target=use)
    thread.start()
    entered.wait(30)
    source.close()
    assert opened.container.size
    leave.set()
    thread.join()
    with pytest.raises(AssertionError, match="not open"):
        _ = opened.container.size
