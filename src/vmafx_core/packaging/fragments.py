"""Cutting one stream of a file into an initialization segment and media segments.

FFmpeg's muxer writes fragmented MP4, a fragment a key frame; the file is then cut between its
boxes, so that every segment is a fragment that begins with a key frame. Timestamps begin with the
first picture: what B-frames need before it is in the track's edit list (ISO/IEC 23000-19, 7.5.13).
What begins later says so in its fragments' own times, since browsers ignore an empty edit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.audio.stream import AudioStream
from av.packet import Packet
from av.video.stream import VideoStream

from vmafx_core.packaging import boxes
from vmafx_core.packaging.codecs import codecs
from vmafx_core.packaging.streams import add_copy
from vmafx_core.packaging.tracks import INIT, Segment

type Packets = Iterable["Packet[VideoStream]"] | Iterable["Packet[AudioStream]"]

_FLAGS = "delay_moov+default_base_moof"
_WHOLE = "whole.mp4"
_TICK = 1_000_000


@dataclass(frozen=True, slots=True)
class Cut:
    """A stream in segments.

    Attributes:
        codecs: Its `codecs` parameter.
        timescale: Ticks a second.
        start: Ticks to the first segment.
        segments: The segments.
    """

    codecs: str
    timescale: int
    start: int
    segments: tuple[Segment, ...]


def cut(
    packets: Packets,
    template: VideoStream | AudioStream,
    folder: Path,
    seconds: float | None = None,
) -> Cut:
    """Write packets as segments into a folder that is empty.

    Args:
        packets: The packets, in order of decoding, the first to be shown at time 0 or later.
        template: The stream that they are of; its codec's parameters are carried over.
        folder: Where to write.
        seconds: Length of segments; None for one a key frame.

    Raises:
        av.FFmpegError: FFmpeg cannot write the codec into MP4.
        OSError: The folder cannot be written to.
        ValueError: There is nothing to cut.
    """
    whole = folder / _WHOLE
    begin, length = _mux(packets, template, whole, seconds)
    try:
        with whole.open("r+b") as file:
            return _cut(file, folder, begin, length, seconds)
    finally:
        whole.unlink()


def _mux(
    packets: Packets, template: VideoStream | AudioStream, path: Path, seconds: float | None
) -> tuple[Fraction, Fraction]:
    """Write fragmented MP4 that begins at time 0, or before.

    Returns:
        Seconds after time 0 at which the stream begins, and its length. What comes before time 0,
        as what a decoder of sound has to swallow, counts: it is decoded too.
    """
    if seconds is None:
        options = {"movflags": f"{_FLAGS}+frag_keyframe"}
    else:
        options = {"movflags": _FLAGS, "frag_duration": str(round(seconds * _TICK))}
    delay: Fraction | None = None
    begin = end = Fraction(0)
    with av.open(f"file:{path}", "w", format="mp4", options=options) as container:
        stream: VideoStream | AudioStream
        if isinstance(template, VideoStream):
            stream = add_copy(container, template)
        else:
            stream = container.add_stream_from_template(template, opaque=True)
        for packet in packets:
            if packet.pts is not None:
                time_base = Fraction(packet.time_base.num, packet.time_base.den)
                if delay is None:
                    delay = max(packet.pts * time_base, Fraction(0))
                _move(packet, round(delay / time_base))
                begin = min(begin, packet.pts * time_base)
                end = max(end, (packet.pts + (packet.duration or 0)) * time_base)
            packet.stream = stream
            container.mux(packet)
    return delay or Fraction(0), end - begin


def _move(packet: "Packet[VideoStream] | Packet[AudioStream]", ticks: int) -> None:
    """Have a packet come earlier."""
    if packet.pts is not None:
        packet.pts -= ticks
    if packet.dts is not None:
        packet.dts -= ticks


def _cut(
    file: BinaryIO, folder: Path, begin: Fraction, length: Fraction, seconds: float | None
) -> Cut:
    head: list[tuple[int, int]] = []
    moofs: list[tuple[int, int]] = []
    found: list[tuple[int, int, int]] = []
    for kind, at, size in boxes.top_level(file):
        if kind in {"ftyp", "moov"}:
            head.append((at, size))
        elif kind == "moof":
            moofs.append((at, size))
            file.seek(at + 8)
            found.append((at, size, boxes.decode_time(file.read(size - 8))))
        elif kind == "mdat":
            at_moof, size_moof, time = found[-1]
            found[-1] = (at_moof, size_moof + size, time)
    if not found:
        raise ValueError("there is nothing to cut into segments")
    with (folder / INIT).open("w+b") as init:
        for at, size in head:
            _copy(file, at, size, init)
        init.seek(0)
        described = init.read()
    timescale = boxes.timescale(described)
    if late := round(begin * timescale):
        _delay(file, late, moofs)
    # Decoding begins before showing by as much in each segment: their distances are the same.
    starts = [time for _, _, time in found]
    end = max(round(length * timescale), starts[-1] + 1)
    if seconds and len(found) > 1 and end - starts[-1] < seconds * timescale / 2:
        # Too little for a segment of its own: the one before has two fragments.
        (at, size, start), (_, rest, _) = found[-2:]
        found[-2:] = [(at, size + rest, start)]
        starts.pop()
    ends = [*starts[1:], end]
    segments = []
    for number, ((at, size, start), stop) in enumerate(zip(found, ends, strict=True), 1):
        name = f"{number:05}.m4s"
        with (folder / name).open("xb") as segment:
            _copy(file, at, size, segment)
        segments.append(Segment(name, stop - start, size))
    return Cut(codecs(described), timescale, late + starts[0], tuple(segments))


def _delay(file: BinaryIO, ticks: int, fragments: Iterable[tuple[int, int]]) -> None:
    """Have the fragments with these places and sizes in a file come later."""
    for at, size in fragments:
        file.seek(at + 8)
        content = file.read(size - 8)
        file.seek(at + 8)
        file.write(boxes.delay(content, ticks))


def _copy(file: BinaryIO, at: int, size: int, to: BinaryIO) -> None:
    file.seek(at)
    left = size
    while left:
        chunk = file.read(min(left, 1 << 20))
        if not chunk:
            raise ValueError("the file ends before its last box")
        to.write(chunk)
        left -= len(chunk)
