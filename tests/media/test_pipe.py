import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vmafx_core.errors import InputError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import picture, write_clip

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="named pipes of Unix")

Feed = Callable[[bytes], Path]


@pytest.fixture
def feed(tmp_path: Path) -> Iterator[Feed]:
    """Makes a named pipe through which the given bytes come."""
    threads: list[threading.Thread] = []

    def make(data: bytes) -> Path:
        path = tmp_path / f"pipe{len(threads)}"
        os.mkfifo(path)

        def write() -> None:
            with path.open("wb", buffering=0) as pipe, _ignoring_closed_readers():
                for at in range(0, len(data), 50_000):
                    pipe.write(data[at : at + 50_000])

        threads.append(threading.Thread(target=write, daemon=True))
        threads[-1].start()
        return path

    yield make
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def _ignoring_closed_readers() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        return


def y4m(frames: int, width: int = 320, height: int = 240) -> bytes:
    pictures = (picture(i, width, height).tobytes() for i in range(frames))
    header = f"YUV4MPEG2 W{width} H{height} F25:1 Cmono\n".encode()
    return header + b"".join(b"FRAME\n" + p for p in pictures)


def read(path: Path, **options: float | str) -> int:
    with VideoSource(InputSpec(location=str(path), **options)) as source:  # type: ignore[arg-type]
        return len(list(source.frames()))


def test_y4m_comes_through_a_pipe(feed: Feed) -> None:
    assert read(feed(y4m(7))) == 7


@pytest.mark.parametrize("ending", ["mkv", "ts", "webm"])
def test_streamable_containers_come_through_a_pipe(feed: Feed, tmp_path: Path, ending: str) -> None:
    codec = "libvpx-vp9" if ending == "webm" else "libx264"
    clip = write_clip(tmp_path / f"clip.{ending}", frames=12, codec=codec)
    assert read(feed(clip.read_bytes())) == 12


def test_an_mp4_with_its_index_first_comes_through_a_pipe(feed: Feed, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=12, container_options={"movflags": "faststart"})
    assert read(feed(clip.read_bytes())) == 12


def test_an_mp4_with_its_index_last_says_what_to_do(feed: Feed, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=12)
    with pytest.raises(InputError, match="faststart"):
        read(feed(clip.read_bytes()))


def test_raw_video_with_a_size_comes_through_a_pipe(feed: Feed) -> None:
    data = bytes(5 * 64 * 48 * 3 // 2)
    assert read(feed(data), width=64, height=48, pix_fmt="yuv420p") == 5


def test_a_size_that_is_meant_for_the_other_side_does_not_make_a_container_raw(feed: Feed) -> None:
    assert read(feed(y4m(3)), width=64, height=48, pix_fmt="yuv420p") == 3


def test_skip_and_start_work_on_a_pipe(feed: Feed) -> None:
    assert read(feed(y4m(10)), skip=2) == 8
    assert read(feed(y4m(10)), start=0.2) == 5


def test_a_pipe_through_which_nothing_comes_is_refused(feed: Feed) -> None:
    with pytest.raises(InputError, match="nothing came through the pipe"):
        read(feed(b""))


@pytest.mark.parametrize("cut", [1, 5_000, 76_800 + 6 - 1])
def test_a_partial_last_frame_of_y4m_is_an_error(feed: Feed, cut: int) -> None:
    with pytest.raises(InputError, match="last frame is cut short"):
        read(feed(y4m(4)[:-cut]))


def test_a_partial_last_frame_of_raw_video_is_an_error(feed: Feed) -> None:
    with pytest.raises(InputError):
        read(feed(bytes(5 * 4608 - 1)), width=64, height=48, pix_fmt="yuv420p")


@pytest.mark.parametrize("part", [0.5, 0.8, 0.97])
@pytest.mark.parametrize("ending", ["mkv", "mp4"])
def test_a_container_that_is_cut_short_is_an_error(
    feed: Feed, tmp_path: Path, ending: str, part: float
) -> None:
    options = {"movflags": "faststart"} if ending == "mp4" else {}
    clip = write_clip(tmp_path / f"clip.{ending}", frames=25, container_options=options)
    data = clip.read_bytes()
    with pytest.raises(InputError):
        read(feed(data[: int(len(data) * part)]))


def test_a_source_that_waits_for_its_pipe_can_be_stopped(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    release = threading.Event()

    def write() -> None:
        with path.open("wb") as pipe:
            pipe.write(y4m(3))
            pipe.flush()
            release.wait(120)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    with VideoSource(InputSpec(location=str(path))) as source:
        times: list[float] = []
        third = threading.Event()

        def read_all() -> None:
            for each in source.frames():
                times.append(each.time)
                if len(times) == 3:
                    third.set()

        reader = threading.Thread(target=read_all)
        reader.start()
        assert third.wait(60)
        assert reader.is_alive()  # the fourth frame does not come
        source.stop()
        reader.join(60)
        assert not reader.is_alive()
    assert times == [0.0, 0.04, 0.08]
    release.set()
    writer.join(60)


def test_standard_input_is_read_in_a_process_of_its_own() -> None:
    script = (
        "from vmafx_core.media.source import VideoSource\n"
        "from vmafx_core.media.types import InputSpec\n"
        "with VideoSource(InputSpec(location='-')) as source:\n"
        "    print(source.info.container, sum(1 for _ in source.frames()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=y4m(6), capture_output=True, check=True, timeout=60
    )
    assert done.stdout.split() == [b"yuv4mpegpipe", b"6"]
    assert done.stderr == b""
