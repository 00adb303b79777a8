"""Encoding through an ffmpeg program."""

import io
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from support.data import ffmpeg
from vmafx_core.encoders import program
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import encode
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.errors import ComponentError, UsageError, WorkError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import write_clip

FASTEST = {"libaom-av1": "8", "librav1e": "10", "libvvenc": "faster"}


@pytest.fixture(autouse=True)
def peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(program.VARIABLE, str(ffmpeg()))


@pytest.fixture
def clip(tmp_path: Path) -> InputSpec:
    path = write_clip(tmp_path / "clip.mp4", frames=6, width=128, height=128)
    return InputSpec(location=str(path))


@pytest.fixture
def uneven(tmp_path: Path) -> InputSpec:
    timed = [0, 1, 3, 4, 8, 9]
    path = write_clip(tmp_path / "uneven.mp4", frames=6, timed=timed, width=128, height=128)
    return InputSpec(location=str(path))


@pytest.mark.parametrize("encoder", ["libaom-av1", "librav1e"])
def test_an_encode_has_the_frames_and_the_times_of_its_source(
    uneven: InputSpec, encoder: str
) -> None:
    setting = EncodeSetting(encoder=encoder, quality=60, preset=FASTEST[encoder])
    with VideoSource(uneven) as source:
        encoded = encode(source.frames(), source.info, setting, threads=1)
    with VideoSource(uneven) as source, VideoSource(uneven, data=encoded.data) as result:
        times = [float(f.time or 0) for f in source.frames()]
        assert [float(f.time or 0) for f in result.frames()] == pytest.approx(times, abs=2e-3)
        assert result.info.codec == "av1"
    assert encoded.frames == 6
    assert 0 < encoded.video_bytes < len(encoded.data)


def test_vvc_is_written_to_a_file(clip: InputSpec, tmp_path: Path) -> None:
    setting = EncodeSetting(encoder="libvvenc", quality=40, preset="faster")
    with VideoSource(clip) as source:
        written = encode_file(source.frames(), source.info, setting, tmp_path / "out.mp4")
    assert written.frames == 6
    with VideoSource(InputSpec(location=str(tmp_path / "out.mp4"))) as result:
        assert (result.info.codec, len(list(result.frames()))) == ("vvc", 6)


@pytest.mark.parametrize("encoder", sorted(FASTEST))
def test_key_frames_come_at_the_interval_alone(tmp_path: Path, encoder: str) -> None:
    path = write_clip(tmp_path / "clip.mp4", shown=[*range(14), *range(500, 514)])
    setting = EncodeSetting(
        encoder=encoder, quality=50, preset=FASTEST[encoder], keyframe_interval=10
    )
    with VideoSource(InputSpec(location=str(path))) as source:
        encoded = encode(source.frames(), source.info, setting, threads=2)
    with av.open(io.BytesIO(encoded.data), "r") as container:
        packets = [(p.pts, p.is_keyframe) for p in container.demux(video=0) if p.size]
    assert [i for i, (_, key) in enumerate(sorted(packets)) if key] == [0, 10, 20]


def test_an_unknown_option_is_refused_with_those_like_it(clip: InputSpec) -> None:
    setting = EncodeSetting(encoder="libaom-av1", quality=40, options=(("tile-colums", "1"),))
    with VideoSource(clip) as source, pytest.raises(UsageError, match="tile-columns"):
        encode(source.frames(), source.info, setting)


def test_a_program_that_ends_early_is_not_fed_to_the_end(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", frames=60)
    setting = EncodeSetting(
        encoder="libaom-av1", quality=40, preset="8", options=(("tile-columns", "nonsense"),)
    )
    taken = []

    def counted(source: VideoSource) -> Iterator[av.VideoFrame]:
        for frame in source.frames():
            taken.append(frame.pts)
            yield frame

    with VideoSource(InputSpec(location=str(path))) as source, pytest.raises(WorkError):
        encode(counted(source), source.info, setting)
    assert len(taken) < 60


def test_a_program_without_the_encoder_gives_way_to_one_that_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\nexit 0\n")
    poor.chmod(0o755)
    monkeypatch.delenv(program.VARIABLE)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program.program_for(find_encoder("librav1e")) == str(ffmpeg())
    assert program.programs() == (str(poor), str(ffmpeg()))


def test_an_encoder_that_would_drop_unevenly_spaced_pictures_is_refused(
    uneven: InputSpec, tmp_path: Path
) -> None:
    setting = EncodeSetting(encoder="libvvenc", quality=40, preset="faster")
    with VideoSource(uneven) as source, pytest.raises(UsageError, match="even frame rates only"):
        encode_file(source.frames(), source.info, setting, tmp_path / "out.mp4")


def test_what_the_program_complains_of_is_told(clip: InputSpec, tmp_path: Path) -> None:
    setting = EncodeSetting(
        encoder="libaom-av1", quality=40, options=(("tile-columns", "nonsense"),)
    )
    with VideoSource(clip) as source, pytest.raises(WorkError, match=r"(?i)tile.columns|nonsense"):
        encode_file(source.frames(), source.info, setting, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()


def test_a_program_that_is_missing_is_told(
    clip: InputSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(program.VARIABLE, "/nowhere/ffmpeg")
    setting = EncodeSetting(encoder="librav1e", quality=100)
    with VideoSource(clip) as source, pytest.raises(ComponentError, match="/nowhere/ffmpeg"):
        encode(source.frames(), source.info, setting)
