"""Encodes of consecutive shots become one video, frame by frame what they were."""

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest

from vmafx_core.chunks.joining import Part, join, joinable
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, WorkError
from vmafx_core.testing import write_clip

_OPTIONS = {
    "libx264": {"preset": "veryfast", "x264-params": "stitchable=1"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:info=0:bframes=4"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
}
_LENGTHS = (12, 5, 20)
_RATE = Fraction(30000, 1001)
_TIMES = [1001 * index for index in range(sum(_LENGTHS))]


def _parts(folder: Path, codec: str = "libx264", **changed: str) -> list[Part]:
    parts = []
    first = 0
    for index, length in enumerate(_LENGTHS):
        path = write_clip(
            folder / f"{index}.mkv",
            frames=length,
            width=160,
            height=120,
            first=first,
            rate=_RATE,
            codec=codec,
            options={**_OPTIONS[codec], "crf": str(20 + 6 * index), **changed},
        )
        parts.append(Part(path, length))
        first += length
    return parts


def _join(parts: Sequence[Part], path: Path, times: Sequence[int] = _TIMES) -> Path:
    written = join(parts, times, Fraction(1, 30000), times[-1] + 1001, path)
    with av.open(str(path)) as container:
        assert written == sum(packet.size for packet in container.demux(video=0))
    return path


def _pictures(path: Path) -> Iterator[tuple[int, Fraction, str]]:
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            base = Fraction(picture.time_base.num, picture.time_base.den)
            digest = hashlib.sha256(picture.to_ndarray().tobytes()).hexdigest()
            yield picture.pts or 0, base, digest


@pytest.mark.parametrize(
    ("codec", "ending"),
    [("libx264", ".mp4"), ("libx264", ".mov"), ("libx265", ".mp4"), ("libvpx-vp9", ".mp4")],
)
def test_joined_pictures_are_those_of_the_parts_at_exact_times(
    tmp_path: Path, codec: str, ending: str
) -> None:
    parts = _parts(tmp_path, codec)
    joined = list(_pictures(_join(parts, tmp_path / f"joined{ending}")))
    assert [digest for *_, digest in joined] == [
        digest for part in parts for *_, digest in _pictures(part.path)
    ]
    assert [pts * base for pts, base, _ in joined] == [Fraction(t, 30000) for t in _TIMES]


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = [0, 7, 1500]
    for index in range(sum(_LENGTHS) - 3):
        times.append(times[-1] + 400 + 900 * (index % 3))
    joined = _pictures(_join(_parts(tmp_path), tmp_path / "joined.mp4", times))
    assert [pts * base for pts, base, _ in joined] == [Fraction(t, 30000) for t in times]


def test_each_shot_begins_with_a_key_frame(tmp_path: Path) -> None:
    path = _join(_parts(tmp_path), tmp_path / "joined.mp4")
    with av.open(str(path)) as container:
        keys = [p.pts for p in container.demux(video=0) if p.size and p.is_keyframe]
    assert keys == [0, _TIMES[12], _TIMES[17]]


def test_a_joined_video_can_be_sought(tmp_path: Path) -> None:
    path = _join(_parts(tmp_path), tmp_path / "joined.mp4")
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        container.seek(_TIMES[14], stream=stream)
        assert next(container.decode(stream)).pts == _TIMES[12]


def test_a_part_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    parts = _parts(tmp_path)
    parts[1] = Part(parts[1].path, 6)
    with pytest.raises(WorkError, match=r"1\.mkv: has 5 frames where 6"):
        _join(parts, tmp_path / "joined.mp4")


def test_a_part_that_is_no_video_is_refused(tmp_path: Path) -> None:
    parts = _parts(tmp_path)
    parts[2].path.write_bytes(b"broken")
    with pytest.raises(WorkError, match=r"2\.mkv: cannot be read"):
        _join(parts, tmp_path / "joined.mp4")


def test_parts_whose_headers_differ_are_refused(tmp_path: Path) -> None:
    changed = _parts(tmp_path, **{"x264-params": "stitchable=0"})
    with pytest.raises(ComponentError, match="its headers"):
        _join(changed, tmp_path / "joined.mp4")


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="cannot write"):
        _join(_parts(tmp_path), tmp_path / "absent" / "joined.mp4")


def test_encoders_are_told_to_write_steady_headers() -> None:
    plain = EncodeSetting(encoder="libx264", quality=23)
    assert joinable(plain).options == (("x264-params", "stitchable=1"),)
    own = EncodeSetting(encoder="libx265", quality=23, options=(("x265-params", "bframes=2"),))
    assert joinable(own).options == (*own.options, ("x265-params", "info=0"))
    av1 = EncodeSetting(encoder="libsvtav1", quality=35)
    assert joinable(av1) == av1
