"""What is packaged plays in FFmpeg's HLS and DASH demuxers, whole and aligned."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from support.data import ffmpeg
from support.tracks import ENCODERS, FRAMES, GOP, RATE, make_track
from vmafx_core.packaging.presentation import DESCRIPTION, MASTER, Presentation
from vmafx_core.packaging.tracks import INIT

_SIZES = ((192, 108), (128, 72))


@pytest.fixture(autouse=True)
def _silent_encoders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVT_LOG", "1")


@pytest.fixture(params=list(ENCODERS))
def presented(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Presentation, Path]:
    """Two sizes of a clip, with both manifests."""
    videos = tuple(make_track(tmp_path, request.param, *size) for size in _SIZES)
    presentation = Presentation(videos, ())
    presentation.write_hls(tmp_path, media=True)
    presentation.write_dash(tmp_path)
    return presentation, tmp_path


def _times(container: av.container.InputContainer, stream: int) -> Iterator[float]:
    for frame in container.decode(video=stream):
        assert frame.time is not None
        yield frame.time


def test_hls_plays_every_frame_of_every_size_from_time_zero(
    presented: tuple[Presentation, Path],
) -> None:
    _, folder = presented
    for stream, size in enumerate(_SIZES):
        with av.open(str(folder / MASTER)) as container:
            video = container.streams.video[stream]
            assert (video.width, video.height) == size
            times = list(_times(container, stream))

        assert times == pytest.approx([n / float(RATE) for n in range(FRAMES)], abs=1e-3)


def test_dash_plays_every_frame_of_every_size(presented: tuple[Presentation, Path]) -> None:
    _, folder = presented
    for stream in range(len(_SIZES)):
        command = [ffmpeg(), "-v", "error", "-i", str(folder / DESCRIPTION)]
        command += ["-map", f"0:v:{stream}", "-f", "framecrc", "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)

        frames = [line for line in done.stdout.splitlines() if not line.startswith("#")]
        assert len(frames) == FRAMES
        assert done.stderr == ""


def test_each_segment_begins_with_its_only_key_frame_and_all_sizes_are_cut_alike(
    presented: tuple[Presentation, Path],
) -> None:
    presentation, folder = presented
    for video in presentation.videos:
        ticks = [s.duration / video.timescale * float(RATE) for s in video.segments]
        assert ticks == pytest.approx([GOP, GOP, GOP, FRAMES % GOP])
        init = (folder / video.name / INIT).read_bytes()
        for segment in video.segments:
            data = (folder / video.name / segment.name).read_bytes()
            assert len(data) == segment.size
            whole = folder / "one.mp4"
            whole.write_bytes(init + data)
            with av.open(str(whole)) as container:
                keys = [p.is_keyframe for p in container.demux(video=0) if p.size]
            assert keys == [True] + [False] * (round(segment.duration / video.timescale * 25) - 1)


def test_segments_are_all_that_is_written(presented: tuple[Presentation, Path]) -> None:
    presentation, folder = presented
    for video in presentation.videos:
        names = sorted(path.name for path in (folder / video.name).iterdir())
        assert names == [*(s.name for s in video.segments), INIT, "playlist.m3u8"]
