"""A whole source is encoded in stretches, and an interrupted run goes on with those finished."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
from av.sidedata.sidedata import Type

from support.findings import point
from vmafx_core.chunks import stretches
from vmafx_core.chunks.encoding import encode_kept
from vmafx_core.chunks.stretches import encode_whole
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.errors import InputError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Advanced, TuneEvent
from vmafx_core.testing import write_clip

_FRAMES = 50
_FAST = {
    "libx264": "ultrafast",
    "libx265": "ultrafast",
    "libsvtav1": "12",
    "libvpx-vp9": "8",
    "libaom-av1": "8",
    "librav1e": "10",
    "libvvenc": "faster",
}


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of 15 pictures."""
    monkeypatch.setattr(stretches, "SHORTEST", 15)
    monkeypatch.setattr(stretches, "LONGEST", 15)


@pytest.fixture
def source(tmp_path: Path) -> InputSpec:
    return InputSpec(location=str(write_clip(tmp_path / "source.mkv", **_SMALL)))


_SMALL: dict[str, Any] = {"frames": _FRAMES, "width": 160, "height": 120}


def encoded(source: InputSpec, folder: Path, *, encoder: str = "libx264") -> Path:
    """The encode."""
    video = folder / "video.mp4"
    setting = point(30, encoder=encoder, preset=_FAST[encoder])
    folder.mkdir(exist_ok=True)
    list(encode_whole(source, setting, video, threads=1))
    return video


def interrupted(
    source: InputSpec, folder: Path, after: int, monkeypatch: pytest.MonkeyPatch, **how: str
) -> list[str]:
    """An encode that fails after so many stretches; returns the names of files it leaves."""

    def failing(path: Path, *args: Any, **kwargs: Any) -> None:
        if path.stem.endswith(f"{after:05}"):
            raise KeyboardInterrupt
        encode_kept(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(stretches, "encode_kept", failing)
        with pytest.raises(KeyboardInterrupt):
            encoded(source, folder, **how)
    return sorted(path.name for path in folder.iterdir())


def packets(video: Path) -> list[tuple[int | None, int | None, bool, bytes]]:
    """Times, kind and bytes of all packets."""
    with av.open(str(video)) as container:
        found = list(container.demux(video=0))
    return [(p.pts, p.dts, p.is_keyframe, bytes(p)) for p in found if p.size]


def times(video: Path) -> list[float | None]:
    """When pictures are shown."""
    with av.open(str(video)) as container:
        return [picture.time for picture in container.decode(video=0)]


@pytest.mark.parametrize("encoder", _FAST)
def test_an_interrupted_encode_goes_on_and_ends_as_one_that_was_not(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: str
) -> None:
    plain = encoded(source, tmp_path / "plain", encoder=encoder)
    folder = tmp_path / "resumed"
    left = interrupted(source, folder, 2, monkeypatch, encoder=encoder)
    assert left == [f"video-0000{number}.{e}" for number in (0, 1) for e in ("json", "mp4")]
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.mp4")}
    assert interrupted(source, folder, 3, monkeypatch, encoder=encoder)[4:] == [
        "video-00002.json",
        "video-00002.mp4",
    ]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    resumed = encoded(source, folder, encoder=encoder)
    assert packets(resumed) == packets(plain)
    assert len(packets(plain)) == _FRAMES
    assert [path.name for path in folder.iterdir()] == ["video.mp4"]


def test_stretches_begin_with_key_frames_and_change_no_times(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    divided = encoded(source, tmp_path / "divided")
    keys = sorted(pts or 0 for pts, _, key, _ in packets(divided) if key)
    assert len(keys) == 4
    monkeypatch.setattr(stretches, "LONGEST", 1000)
    monkeypatch.setattr(stretches, "SHORTEST", 1000)
    whole = encoded(source, tmp_path / "whole")
    assert times(divided) == times(whole) == [number / 25 for number in range(_FRAMES)]


@pytest.mark.parametrize(
    "part",
    [{"start": 0.33}, {"start": 0.2, "duration": 1.52}, {"skip": 7, "duration": 1.0}],
    ids=["start", "duration", "skip"],
)
def test_a_part_of_a_source_is_gone_on_with_exactly(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: dict[str, Any]
) -> None:
    spec = replace(source, **part)
    plain = encoded(spec, tmp_path / "plain")
    interrupted(spec, tmp_path / "resumed", 1, monkeypatch)
    assert packets(encoded(spec, tmp_path / "resumed")) == packets(plain)


def test_uneven_times_are_those_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed = [37 * number + number**2 % 17 for number in range(_FRAMES)]
    clip = write_clip(tmp_path / "uneven.mkv", rate=1000, timed=timed, **_SMALL)
    spec = InputSpec(location=str(clip))
    plain = encoded(spec, tmp_path / "plain")
    interrupted(spec, tmp_path / "resumed", 2, monkeypatch)
    assert packets(encoded(spec, tmp_path / "resumed")) == packets(plain)
    assert times(plain) == times(clip)


def test_times_are_those_of_the_source_whatever_rate_it_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing = [n * 42 if n < 25 else 1050 + (n - 25) * 33 for n in range(_FRAMES)]
    clip = write_clip(tmp_path / "nominal.mkv", timed=changing, ticks=1000, **_SMALL)
    spec = InputSpec(location=str(clip))
    with VideoSource(spec) as opened:
        assert not opened.info.variable_rate
    plain = encoded(spec, tmp_path / "plain")
    assert times(plain) == [time / 1000 for time in changing]
    interrupted(spec, tmp_path / "resumed", 2, monkeypatch)
    assert packets(encoded(spec, tmp_path / "resumed")) == packets(plain)
    monkeypatch.setattr(stretches, "SHORTEST", 1000)
    monkeypatch.setattr(stretches, "LONGEST", 1000)
    assert times(encoded(spec, tmp_path / "whole")) == times(plain)


def test_pictures_shown_at_one_time_are_each_encoded_once(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = tmp_path / "twice.nut"
    with av.open(source.location) as plain, av.open(str(twice), "w") as out:
        copy = out.add_stream_from_template(plain.streams.video[0])
        for number, packet in enumerate(p for p in plain.demux(video=0) if p.size):
            packet.dts = 40 * (number - 1)
            packet.pts = 40 * (number - (number % 15 == 14))
            packet.stream = copy
            out.mux(packet)
    spec = InputSpec(location=str(twice))
    undisturbed = encoded(spec, tmp_path / "plain")
    assert len(packets(undisturbed)) == _FRAMES
    interrupted(spec, tmp_path / "resumed", 2, monkeypatch)
    assert packets(encoded(spec, tmp_path / "resumed")) == packets(undisturbed)


def test_progress_begins_where_the_earlier_run_ended(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vmafx_core.chunks.progress._TELL_EVERY", 0.0)
    interrupted(source, tmp_path / "out", 2, monkeypatch)
    setting = point(30, preset="ultrafast")
    events: Iterator[TuneEvent[Any]] = encode_whole(
        source, setting, tmp_path / "out" / "video.mp4", threads=1
    )
    told = [event for event in events if isinstance(event, Advanced)]
    assert {event.kept for event in told} == {30}
    assert [told[0].done, told[-1].done] == [31, _FRAMES]


def test_all_stretches_finished_are_only_joined(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = encoded(source, tmp_path / "plain")
    folder = tmp_path / "resumed"

    def failing(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stretches, "join", failing)
        with pytest.raises(KeyboardInterrupt):
            encoded(source, folder)
    monkeypatch.setattr(stretches, "encode_kept", lambda *_, **__: pytest.fail("encoded twice"))
    assert packets(encoded(source, folder)) == packets(plain)


def test_a_stretch_that_is_not_noted_well_is_encoded_again(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = encoded(source, tmp_path / "plain")
    folder = tmp_path / "resumed"
    interrupted(source, folder, 2, monkeypatch)
    (folder / "video-00001.json").write_text("")
    assert packets(encoded(source, folder)) == packets(plain)


def test_a_stretch_whose_video_was_removed_is_encoded_again(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = encoded(source, tmp_path / "plain")
    folder = tmp_path / "resumed"
    interrupted(source, folder, 2, monkeypatch)
    (folder / "video-00001.mp4").unlink()
    assert packets(encoded(source, folder)) == packets(plain)


def test_a_source_that_is_read_otherwise_than_before_is_told(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    interrupted(source, folder, 2, monkeypatch)
    write_clip(Path(source.location), rate=24, **_SMALL)
    with pytest.raises(InputError, match="frame 29 is not where it was"):
        encoded(source, folder)


def test_what_a_device_encodes_stays_in_one_piece(
    source: InputSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = replace(find_encoder("libx264"), hardware=True)
    monkeypatch.setattr(stretches, "find_encoder", lambda _: device)
    keys = [pts for pts, _, key, _ in packets(encoded(source, tmp_path / "out")) if key]
    assert len(keys) == 1


def test_metadata_of_hdr_are_those_of_the_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
    options = {"x264-params": f"mastering-display={display}:cll=1000,400"}
    clip = write_clip(tmp_path / "hdr.mkv", pix_fmt="yuv420p10le", options=options, **_SMALL)
    spec = InputSpec(location=str(clip))
    interrupted(spec, tmp_path / "out", 1, monkeypatch, encoder="libx265")
    with av.open(str(encoded(spec, tmp_path / "out", encoder="libx265"))) as container:
        told = [
            {side.type for side in picture.side_data.values()}
            for picture in container.decode(video=0)
        ]
    wanted = {Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL}
    assert all(wanted <= found for found in told)
