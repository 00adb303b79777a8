import random
import re
from contextlib import suppress
from pathlib import Path

import av
import pytest

from vmafx_core.errors import InputError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import frame, write_clip

FRAMES = 25
CODECS = {
    "webm": "libvpx-vp9",
    "y4m": "rawvideo",
    "gif": "gif",
    "avi": "mpeg4",
}
FORMATS = {"gif": "rgb8", "mov": "yuv422p10le"}


def read(path: Path) -> int:
    with VideoSource(InputSpec(location=str(path))) as source:
        return sum(1 for _ in source.frames())


def write(path: Path, codec: str = "", **container_options: str) -> Path:
    ending = path.suffix[1:]
    return write_clip(
        path,
        frames=FRAMES,
        width=128,
        height=96,
        codec=codec or CODECS.get(ending, "libx264"),
        pix_fmt=FORMATS.get(ending, "yuv420p"),
        container_options=container_options or None,
    )


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 0.985])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "webm", "y4m", "gif", "flv", "avi", "ts"])
def test_a_file_that_is_cut_short_is_refused(tmp_path: Path, ending: str, part: float) -> None:
    whole = write(tmp_path / f"a.{ending}")
    assert read(whole) == FRAMES
    data = whole.read_bytes()
    # One byte less keeps the cut off the borders of transport stream packets.
    at = int(len(data) * part) // 188 * 188 - 1
    whole.write_bytes(data[:at])
    with pytest.raises(InputError) as caught:
        read(whole)
    assert str(whole) in caught.value.message
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("flags", ["faststart", "frag_keyframe+empty_moov"])
@pytest.mark.parametrize("part", [0.5, 0.8, 0.97])
def test_an_mp4_with_its_index_first_or_in_pieces_is_no_exception(
    tmp_path: Path, flags: str, part: float
) -> None:
    path = write(tmp_path / "a.mp4", movflags=flags)
    assert read(path) == FRAMES
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(InputError, match="is cut short"):
        read(path)


def test_a_matroska_that_was_written_live_is_not_refused(tmp_path: Path) -> None:
    assert read(write(tmp_path / "live.mkv", live="1")) == FRAMES


def test_bytes_after_the_end_do_no_harm(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        path = write(tmp_path / name)
        path.write_bytes(path.read_bytes() + bytes(1000))
        assert read(path) == FRAMES


def damaged(path: Path, seed: int, size: int = 0) -> Path:
    """Put noise in place of `size` bytes, or of a tenth of all, behind the first pictures."""
    data = bytearray(path.read_bytes())
    rng = random.Random(seed)
    at = rng.randrange(len(data) * 4 // 10, len(data) * 5 // 10)
    size = size or len(data) // 10
    data[at : at + size] = rng.randbytes(size)
    changed = path.with_stem(f"{path.stem}-{seed}")
    changed.write_bytes(data)
    return changed


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.ts", "libx264"),
        ("a.mkv", "libsvtav1"),
        ("a.mpg", "mpeg2video"),
    ],
)
def test_a_stream_that_breaks_in_the_middle_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, codec: str, threads: int
) -> None:
    monkeypatch.setenv("SVT_LOG", "0")
    whole = write(tmp_path / name, codec)
    for seed in range(4):
        spec = InputSpec(location=str(damaged(whole, seed)))
        with (
            pytest.raises(InputError, match=r"breaks after \d+ picture"),
            VideoSource(spec, threads=threads) as source,
        ):
            list(source.frames())


def test_a_hole_in_even_timestamps_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "holed.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in (0, 1, 2, 3, 6, 7, 9, 10):
            shown = frame(i, 64, 48)
            shown.pts = i
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    with VideoSource(InputSpec(location=str(path))) as source:
        assert sum(1 for _ in source.frames()) == 8
        assert [n.text for n in source.notices] == [
            f"{path}: 2 pictures seem to be missing 0.12 s into it"
        ]


def test_a_container_that_declares_more_pictures_than_it_has_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.mkv", "ffv1")
    data = whole.read_bytes()
    clusters = [m.start() for m in re.finditer(rb"\x1f\x43\xb6\x75", data)]
    assert clusters
    broken = tmp_path / "broken.mkv"
    middle = clusters[0] + (len(data) - clusters[0]) // 2
    broken.write_bytes(data[:middle] + bytes(len(data) - middle))
    with pytest.raises(InputError):
        read(broken)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mkv", "libx264"),
        ("a.webm", "libvpx-vp9"),
        ("a.flv", "libx264"),
        ("a.ts", "libx264"),
        ("a.avi", "mjpeg"),
        ("a.nut", "libx264"),
    ],
)
def test_damage_is_never_a_shorter_video_without_a_word(
    tmp_path: Path, name: str, codec: str
) -> None:
    whole = write_clip(
        tmp_path / name,
        frames=FRAMES,
        width=128,
        height=96,
        codec=codec,
        pix_fmt="yuvj420p" if codec == "mjpeg" else "yuv420p",
    )
    for seed in range(12):
        with_noise = damaged(whole, seed, size=(1, 4, 50)[seed % 3])
        spec = InputSpec(location=str(with_noise))
        with suppress(InputError), VideoSource(spec) as source:
            frames = sum(1 for _ in source.frames())
            assert frames == FRAMES or "gap" in {n.code for n in source.notices}


def test_a_stream_that_ends_well_before_its_sound_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "still.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        shown = frame(0, 64, 48)
        shown.pts = 0
        container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    assert read(path) == 1


@pytest.mark.parametrize("threads", [1, 3])
def test_hevc_whose_pictures_do_not_match_their_hashes_is_refused(
    tmp_path: Path, threads: int
) -> None:
    hashed = {"x265-params": "log-level=none:hash=1", "crf": "12"}
    whole = write_clip(tmp_path / "a.mkv", frames=10, codec="libx265", options=hashed)
    assert read(whole) == 10
    data = whole.read_bytes()
    for part in (0.3, 0.45, 0.6, 0.75):
        flipped = bytearray(data)
        flipped[int(len(data) * part)] ^= 1
        whole.write_bytes(flipped)
        spec = InputSpec(location=str(whole))
        with (
            pytest.raises(InputError, match="breaks after"),
            VideoSource(spec, threads=threads) as source,
        ):
            list(source.frames())
