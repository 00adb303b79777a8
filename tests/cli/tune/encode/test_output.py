"""An output that cannot become what is asked for is refused before anything is encoded."""

from pathlib import Path

import av
import numpy as np
import pytest

from vmafx_cli.tune.encode.output import check_output
from vmafx_core.encoders.audio import parse_audio
from vmafx_core.errors import UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.packaging.containers import container_of
from vmafx_core.testing import frame, write_clip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "a.mkv", frames=3, width=64, height=64)


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("a.mkv", "hevc", "matroska"),
        ("a.MP4", "av1", "mp4"),
        ("a.webm", "vp9", "webm"),
        ("a.mov", "h264", "mov"),
        ("a.m4v", "av1", "mp4"),
    ],
)
def test_containers_that_hold_a_codec_are_taken(name: str, codec: str, form: str) -> None:
    assert container_of(Path(name), codec) == form


@pytest.mark.parametrize(
    ("name", "codec", "message"),
    [
        ("a.webm", "h264", "webm does not hold h264"),
        ("a.txt", "h264", "no container for video"),
        ("a", "h264", "no container for video"),
    ],
)
def test_others_are_refused(name: str, codec: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        container_of(Path(name), codec)


def _check(source: Path, output: Path, encoder: str = "libx264", audio: str = "copy") -> str:
    spec = InputSpec(location=str(source))
    return check_output(output, encoder, spec, parse_audio(audio))[0]


def test_the_source_is_no_output(source: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with pytest.raises(UsageError, match="is the source"):
        _check(source, tmp_path / "b" / ".." / "a.mkv")


def test_a_folder_is_no_output(source: Path, tmp_path: Path) -> None:
    (tmp_path / "b.mkv").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        _check(source, tmp_path / "b.mkv")


def test_a_folder_that_is_not_there_is_told(source: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder '.*absent'"):
        _check(source, tmp_path / "absent" / "b.mkv")


def test_a_pipe_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="more than once"):
        _check(Path("-"), tmp_path / "b.mkv")


def test_a_container_that_would_lose_the_shape_is_refused(tmp_path: Path) -> None:
    options = {"crf": "30", "x264-params": "sar=4/3"}
    source = write_clip(tmp_path / "a.mkv", frames=3, width=64, height=64, options=options)
    with pytest.raises(UsageError, match=r"(?s)4/3.*\.mp4"):
        _check(source, tmp_path / "b.mkv", "libsvtav1")
    assert _check(source, tmp_path / "b.mp4", "libsvtav1") == "mp4"


def test_audio_that_a_container_does_not_hold_is_refused(source: Path, tmp_path: Path) -> None:
    with av.open(str(source), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width = video.height = 64
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        container.mux(video.encode(frame(0, 64, 64)))
        container.mux(video.encode(None))
        samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        samples.sample_rate = 48_000
        container.mux(sound.encode(samples))
        container.mux(sound.encode(None))
    assert _check(source, tmp_path / "b.webm", "libvpx-vp9", "opus") == "webm"
    with pytest.raises(UsageError, match="webm does not hold"):
        _check(source, tmp_path / "b.webm", "libvpx-vp9", "flac")
