"""What is encoded is heard and seen as together as its source, whatever that is and becomes."""

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support.cli import InProcess
from support.in_step import cut_within_gop, late, write_copy, write_flash
from vmafx_core.packaging.boxes import boxes, decode_time

type Sources = dict[str, tuple[Path, float]]
type Wanted = tuple[str, tuple[str, ...]]

_TOLERANCE = 0.005
_FAST = ("--preset", "ultrafast", "--target", "60", "-q")
_RUNGS = ("--resolutions", "64", "--rungs", "1", "--segment", "1", "--preset", "ultrafast", "-q")


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VMAFX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """Sources whose first picture is not where their container begins; how late their sound is."""
    folder = tmp_path_factory.mktemp("sources")
    whole = write_flash(folder / "whole.mp4", "-c:a", "aac")
    stream = write_copy(folder / "s.ts", "-i", whole, "-c:v", "copy", "-c:a", "mp2", "-b:a", "192k")
    cut = cut_within_gop(folder / "cut.ts", stream)
    slow = write_flash(folder / "slow.mp4", "-c:a", "aac", rate=2)
    avi = write_flash(folder / "frames.avi", "-bf", "2", "-c:a", "pcm_s16le")
    later = write_copy(
        folder / "later.mp4",
        *("-i", whole, "-itsoffset", "0.7", "-i", whole, "-map", "0:v", "-map", "1:a"),
        *("-c", "copy"),
    )
    earlier = write_copy(
        folder / "earlier.mp4",
        *("-i", whole, "-itsoffset", "0.52", "-i", whole, "-map", "1:v", "-map", "0:a"),
        *("-c", "copy"),
    )
    # AVI's players show the first picture at its beginning, which FFmpeg is late in by the order
    # of decoding.
    return {
        "cut": (cut, late(cut)),
        "slow": (slow, late(slow)),
        "avi": (avi, 0.0),
        "later": (later, late(later)),
        "earlier": (earlier, late(earlier)),
    }


_KINDS: list[Wanted] = [
    ("cut", ()),
    ("slow", ("--start", "0.7")),
    ("avi", ()),
    ("avi", ("--start", "0.52", "--duration", "2")),
    ("later", ()),
    ("earlier", ()),
]
_CONTAINERS = {
    "mkv": (),
    "mp4": ("--audio", "aac"),
    "mov": (),
    "webm": ("-e", "libvpx-vp9", "--preset", "8", "--audio", "opus"),
}


@pytest.mark.parametrize("form", _CONTAINERS)
@pytest.mark.parametrize("wanted", _KINDS)
def test_encodes_are_in_step(
    run: InProcess, sources: Sources, tmp_path: Path, form: str, wanted: Wanted
) -> None:
    kind, part = wanted
    source, was = sources[kind]
    output = tmp_path / f"out.{form}"

    ended = run("tune", "encode", source, output, *_FAST, *part, *_CONTAINERS[form])

    assert ended.code == 0, ended.err
    assert late(output) == pytest.approx(was, abs=_TOLERANCE)


@pytest.mark.parametrize("wanted", _KINDS)
def test_encodes_by_shots_are_in_step(
    run: InProcess, sources: Sources, tmp_path: Path, wanted: Wanted
) -> None:
    kind, part = wanted
    source, was = sources[kind]

    ended = run("tune", "shots", source, tmp_path / "out.mkv", *_FAST, *part)

    assert ended.code == 0, ended.err
    assert late(tmp_path / "out.mkv") == pytest.approx(was, abs=_TOLERANCE)


@pytest.mark.parametrize("wanted", _KINDS)
def test_segments_are_in_step(
    run: InProcess, sources: Sources, tmp_path: Path, wanted: Wanted
) -> None:
    kind, part = wanted
    source, was = sources[kind]
    folder = tmp_path / "out"

    ended = run("tune", "ladder", source, *_RUNGS, *part, "--hls", folder, "--dash", folder)

    assert ended.code == 0, ended.err
    assert late(folder / "master.m3u8") == pytest.approx(was, abs=_TOLERANCE)
    for name, starts in _told(folder).items():
        assert starts == [_first_time(folder / name / "00001.m4s")]


def test_sound_that_begins_later_is_where_browsers_look(
    run: InProcess, sources: Sources, tmp_path: Path
) -> None:
    source, _ = sources["later"]
    folder = tmp_path / "out"

    ended = run("tune", "ladder", source, *_RUNGS, "--hls", folder, "--dash", folder)

    assert ended.code == 0, ended.err
    empty = b"\xff" * 4
    assert empty not in _edits((folder / "audio-1" / "init.mp4").read_bytes())
    assert _told(folder)["audio-1"] == [pytest.approx(0.7 * 48000, abs=1025)]
    lengths = (folder / "audio-1" / "playlist.m3u8").read_text().split("#EXTINF:")[1:]
    told = sum(float(line.partition(",")[0]) for line in lengths)
    assert told == pytest.approx(3.0, abs=0.03)


def test_sound_before_the_pictures_of_a_ladder_is_left_out_and_told(
    run: InProcess, sources: Sources, tmp_path: Path
) -> None:
    source, _ = sources["earlier"]

    ended = run("tune", "ladder", source, *_RUNGS[:-1], "--hls", tmp_path / "out")

    assert ended.code == 0
    assert "0.52 s of sound before the first picture" in " ".join(ended.err.split())


def _told(folder: Path) -> dict[str, list[int]]:
    """Where each track begins by the DASH description."""
    name = "{urn:mpeg:dash:schema:mpd:2011}"
    root = ET.parse(folder / "manifest.mpd").getroot()
    return {
        track.attrib["id"]: [int(s.attrib["t"]) for s in track.iter(f"{name}S") if "t" in s.attrib]
        for track in root.iter(f"{name}Representation")
    }


def _first_time(segment: Path) -> int:
    return next(
        decode_time(box.content) for box in boxes(segment.read_bytes()) if box.kind == "moof"
    )


def _edits(init: bytes) -> bytes:
    at = init.find(b"elst")
    return init[at : at + 40] if at >= 0 else b""
