"""The codecs parameter says what a player must be able to decode."""

import struct
from pathlib import Path

import pytest

from support.tracks import make_track
from vmafx_core.packaging.boxes import boxes, decode_time, find, sample_entry, timescale
from vmafx_core.packaging.codecs import codecs
from vmafx_core.packaging.tracks import INIT


def _box(kind: str, *content: bytes) -> bytes:
    data = b"".join(content)
    return struct.pack(">I4s", 8 + len(data), kind.encode()) + data


def _init(kind: str, *described: bytes, handler: bytes = b"vide") -> bytes:
    """An initialization segment with one track of a format."""
    fields = bytes(78 if handler == b"vide" else 28)
    entry = _box(kind, fields, *described)
    return _box("ftyp", b"iso5") + _box(
        "moov",
        _box(
            "trak",
            _box(
                "mdia",
                _box("mdhd", bytes(12), (48000).to_bytes(4), bytes(4)),
                _box("hdlr", bytes(8), handler, bytes(12)),
                _box("minf", _box("stbl", _box("stsd", bytes(8), entry))),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "box", "config", "expected"),
    [
        # The examples of ISO/IEC 14496-15, of the AV1 and of the VP9 binding.
        ("avc1", "avcC", "0142e01e", "avc1.42E01E"),
        ("avc1", "avcC", "01640028", "avc1.640028"),
        ("hvc1", "hvcC", "0101600000009000000000005d", "hvc1.1.6.L93.90"),
        ("hvc1", "hvcC", "0162800000008000000000009c", "hvc1.A2.1.H156.80"),
        ("hvc1", "hvcC", "0102200000009000000000007b", "hvc1.2.4.L123.90"),
        ("av01", "av1C", "81044c00", "av01.0.04M.10"),
        ("av01", "av1C", "810d0c00", "av01.0.13M.08"),
        ("av01", "av1C", "8148e000", "av01.2.08H.12"),
        ("vp09", "vpcC", "01000000001f80020202", "vp09.00.31.08"),
        ("vp09", "vpcC", "01000000020aa3091009", "vp09.02.10.10.01.09.16.09.01"),
    ],
)
def test_video_formats_are_told_in_full(kind: str, box: str, config: str, expected: str) -> None:
    assert codecs(_init(kind, _box(box, bytes.fromhex(config)))) == expected


def _esds(object_type: int, specific: str) -> bytes:
    """The box that describes MPEG-4 audio, with lengths in four bytes as FFmpeg has them."""

    def descriptor(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x80, 0x80, 0x80, len(content)]) + content

    info = descriptor(5, bytes.fromhex(specific)) if specific else b""
    decoder = descriptor(4, bytes([object_type, 0x15]) + bytes(11) + info)
    return _box("esds", bytes(4), descriptor(3, bytes(3) + decoder + descriptor(6, b"\2")))


@pytest.mark.parametrize(
    ("kind", "described", "expected"),
    [
        ("mp4a", _esds(0x40, "1190"), "mp4a.40.2"),
        ("mp4a", _esds(0x40, "f9460000"), "mp4a.40.42"),
        ("mp4a", _esds(0x6B, ""), "mp4a.6B"),
        ("Opus", _box("dOps", bytes(11)), "Opus"),
        ("ec-3", _box("dec3", bytes(5)), "ec-3"),
        ("fLaC", _box("dfLa", bytes(42)), "fLaC"),
    ],
)
def test_audio_formats_are_told(kind: str, described: bytes, expected: str) -> None:
    assert codecs(_init(kind, described, handler=b"soun")) == expected


def test_what_is_told_of_an_encode_is_what_its_stream_says(tmp_path: Path) -> None:
    track = make_track(tmp_path, "libx264", 128, 72)

    kind, described = sample_entry((tmp_path / track.name / INIT).read_bytes())
    profile, constraints, level = described["avcC"][1:4]
    assert kind == "avc1"
    assert track.codecs == f"avc1.{profile:02X}{constraints:02X}{level:02X}"
    assert profile == 100
    assert level == 10


def test_a_format_that_nobody_streams_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is known of the format 'mp4v'"):
        codecs(_init("mp4v", _box("esds", bytes(20))))


def test_a_format_without_its_description_is_refused() -> None:
    with pytest.raises(ValueError, match="the format 'avc1' has no box 'avcC'"):
        codecs(_init("avc1", _box("pasp", bytes(8))))


def test_times_are_read_in_both_widths() -> None:
    short = _box("traf", _box("tfdt", bytes(4), (1234).to_bytes(4)))
    long = _box("traf", _box("tfdt", b"\1", bytes(3), (1 << 40).to_bytes(8)))

    assert decode_time(short) == 1234
    assert decode_time(long) == 1 << 40
    assert timescale(_init("avc1")) == 48000


def test_a_box_of_64_bits_is_read() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + b"four"

    assert [(b.kind, b.content) for b in boxes(large)] == [("mdat", b"four")]


@pytest.mark.parametrize("data", [b"\0\0\0\x20moov", b"\0\0\0", b"\0\0\0\x04moov"])
def test_boxes_that_are_cut_short_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cut short"):
        list(boxes(data))


def test_a_box_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="there is no box moov/trak"):
        find(_box("moov", _box("mvhd", bytes(4))), "moov", "trak")
