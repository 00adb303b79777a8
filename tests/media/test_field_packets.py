"""Pictures whose two fields come in packets of their own are whole, and a lost one is missed."""

from fractions import Fraction
from itertools import count
from pathlib import Path

import av
import numpy as np
import pytest

from vmafx_core import Deinterlace, score
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import picture

WIDTH, HEIGHT, FRAMES = 64, 64, 12
PERIOD = 6  # pictures from one IDR to the next


class Bits:
    """The bits of a NAL unit, as the H.264 standard calls their kinds."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def u(self, length: int, value: int) -> None:
        self._bits.append(f"{value:0{length}b}")

    def ue(self, *values: int) -> None:
        for value in values:
            digits = f"{value + 1:b}"
            self._bits.append("0" * (len(digits) - 1) + digits)

    def align(self, bit: str = "0") -> None:
        length = sum(map(len, self._bits))
        self._bits.append(bit * (-length % 8))

    def samples(self, plane: np.ndarray) -> None:
        self._bits += [f"{value:08b}" for value in plane.ravel().tolist()]

    def unit(self, header: int) -> bytes:
        """With the trailing bits, and what keeps it from looking like a start code."""
        self._bits.append("1")
        self.align()
        text = "".join(self._bits)
        out, zeros = bytearray(), 0
        for value in (int(text[i : i + 8], 2) for i in range(0, len(text), 8)):
            if zeros >= 2 and value <= 3:
                out.append(3)
                zeros = 0
            out.append(value)
            zeros = zeros + 1 if value == 0 else 0
        return b"\0\0\0\1" + bytes([header]) + bytes(out)


def parameters() -> bytes:
    sps = Bits()
    for length, value in ((8, 77), (8, 0), (8, 30)):
        sps.u(length, value)
    sps.ue(0, 4, 0, 4, 1)
    sps.u(1, 0)
    sps.ue(WIDTH // 16 - 1, HEIGHT // 32 - 1)
    for bit in (0, 0, 1, 0, 1, 0, 0, 0, 0, 1):  # fields; then a VUI with the rate alone
        sps.u(1, bit)
    sps.u(32, 1)
    sps.u(32, 50)
    for bit in (1, 0, 0, 0, 0):
        sps.u(1, bit)
    pps = Bits()
    pps.ue(0, 0)
    pps.u(2, 0)
    pps.ue(0, 0, 0)
    pps.u(3, 0)
    pps.ue(0, 0, 0)
    for bit in (1, 0, 0):
        pps.u(1, bit)
    return sps.unit(0x67) + pps.unit(0x68)


def field(index: int, number: int, planes: list[np.ndarray], *, bottom: bool) -> bytes:
    """A field as a picture of uncompressed macroblocks."""
    first = number == 0 and not bottom
    bits = Bits()
    bits.ue(0, 7, 0)
    bits.u(8, number)
    bits.u(2, 2 + bottom)
    if first:
        bits.ue(index // PERIOD % 2)
    bits.u(8, 2 * number + bottom)
    bits.u(2 if first else 1, 0)
    bits.ue(0, 1)
    luma, *chroma = (plane[bottom::2] for plane in planes)
    for y in range(HEIGHT // 32):
        for x in range(WIDTH // 16):
            bits.ue(25)
            bits.align()
            bits.samples(luma[16 * y : 16 * y + 16, 16 * x : 16 * x + 16])
            for plane in chroma:
                bits.samples(plane[8 * y : 8 * y + 8, 8 * x : 8 * x + 8])
    return bits.unit(0x65 if first else 0x21)


def pictures() -> list[list[np.ndarray]]:
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return [[picture(i, WIDTH, HEIGHT), grey, grey] for i in range(FRAMES)]


def in_fields(folder: Path, ending: str, *, without: int | None = None) -> Path:
    """The pictures as H.264 with a packet a field; one of them may be left out."""
    raw = folder / "fields.h264"
    parts = []
    for index, planes in enumerate(pictures()):
        number = index % PERIOD
        for bottom in (False, True):
            head = b"\0\0\0\1\x09\xf0" + (b"" if number or bottom else parameters())
            parts.append(head + field(index, number, planes, bottom=bottom))
    raw.write_bytes(b"".join(parts))
    target = folder / f"fields.{ending}"
    with av.open(str(raw)) as source, av.open(str(target), "w") as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        numbers = count()
        for packet in source.demux(video=0):
            if packet.size:
                at = next(numbers)
                packet.pts = packet.dts = at
                packet.time_base, packet.duration = Fraction(1, 50), 1
                packet.stream = stream
                if without is None or at // 2 != without:
                    copy.mux(packet)
    return target


def reference(folder: Path) -> Path:
    path = folder / f"reference_{WIDTH}x{HEIGHT}_25fps.yuv"
    path.write_bytes(b"".join(plane.tobytes() for planes in pictures() for plane in planes))
    return path


@pytest.mark.parametrize("ending", ["mkv", "mp4", "ts", "mov"])
def test_all_pictures_are_there_and_lossless(tmp_path: Path, ending: str) -> None:
    path = in_fields(tmp_path, ending)
    with VideoSource(InputSpec(location=str(path), deinterlace=Deinterlace.OFF)) as source:
        assert source.info.frame_rate == 25
        assert len(list(source.frames())) == FRAMES
        assert source.notices == ()
    distorted = InputSpec(location=str(path), deinterlace=Deinterlace.OFF)
    pair = score(reference(tmp_path), distorted, models=[], features=["psnr"]).pairs[0]
    assert pair.frames.scored == FRAMES
    assert pair.frames.counts_match
    assert pair.metrics["psnr_y"].pooled.min == 60


def test_a_picture_that_is_missing_is_told(tmp_path: Path) -> None:
    path = in_fields(tmp_path, "mkv", without=4)
    with VideoSource(InputSpec(location=str(path))) as source:
        assert len(list(source.frames())) == FRAMES - 1
        assert [n.code for n in source.notices] == ["gap"]
