"""The sound of a source in segments: copied where players of MP4 take it, or else encoded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from vmafx_core.encoders.audio import Audio, AudioEncoder
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opened import Opened
from vmafx_core.media.opening import open_input
from vmafx_core.media.types import InputSpec
from vmafx_core.packaging.fragments import cut
from vmafx_core.packaging.tracks import AudioTrack

# What is specified for fragmented MP4 and played from there.
_COPIED = frozenset({"aac", "ac3", "eac3", "opus", "flac", "alac"})
_ENCODERS = ("aac", "libopus", "ac3", "eac3", "flac")
_OTHERWISE = "aac"
# Encoders say what a decoder has to swallow before the first sample by packets before time 0.
_PRIMING = Fraction(1, 10)


def check_packaged(audio: Audio) -> None:
    """Refuse audio that is not played from fragmented MP4.

    Raises:
        UsageError: It is encoded as something else.
    """
    if audio.encoder not in {"copy", "none", *_ENCODERS}:
        raise UsageError(
            f"{audio.encoder} writes nothing that is played from segments of MP4",
            f"Write copy, none, or one of {', '.join(_ENCODERS)}, such as aac:128k.",
        )


def cut_audio(spec: InputSpec, folder: Path, seconds: float, audio: Audio) -> Iterator[AudioTrack]:
    """Write each audio stream of a source into a folder of its own, one after the other.

    Args:
        spec: How the source is read: its start and duration hold for the sound too.
        folder: Where to make the folders.
        seconds: Length of segments.
        audio: What becomes of the sound.

    Yields:
        Each track when it is written; none for a stream that is silent in the part wanted.

    Raises:
        InputError: The source cannot be read.
        WorkError: The sound cannot be decoded, encoded or written.
    """
    if audio.encoder == "none":
        return
    number = 0
    while True:
        # Each is read on its own, so that nothing has to be held while another one is written.
        opened = open_input(spec)
        try:
            streams = () if opened.geometry else opened.container.streams.audio
            if number == len(streams):
                return
            try:
                track = _cut_stream(opened, spec, number, folder, seconds=seconds, audio=audio)
            except (av.FFmpegError, ValueError) as error:
                raise WorkError(
                    f"{name_of(spec.location)}: audio stream {number} cannot be packaged: {error}",
                    "Leave it out with --audio none, or encode it with --audio aac.",
                ) from error
        finally:
            opened.close()
        if track:
            yield track
        number += 1


def _cut_stream(
    opened: Opened,
    spec: InputSpec,
    number: int,
    folder: Path,
    *,
    seconds: float,
    audio: Audio,
) -> AudioTrack | None:
    stream = opened.container.streams.audio[number]
    if stream.codec_context is None:
        raise ValueError("FFmpeg has no decoder for it")
    known = stream.codec_context.codec.canonical_name in _COPIED
    copied = audio.encoder == "copy" and known
    name = f"audio-{number + 1}"
    file = folder / f"{name}.mp4"
    try:
        part = _part(opened, spec)
        write = _copy if copied else partial(_encode, audio=audio)
        if not write(part, opened.container, stream, path=file):
            return None
        into = folder / name
        into.mkdir()
        with av.open(f"file:{file}") as container:
            written = container.streams.audio[0]
            packets = (p for p in container.demux(written) if p.size)
            made = cut(packets, written, into, seconds)
            return AudioTrack(
                name=name,
                codecs=made.codecs,
                timescale=made.timescale,
                start=made.start,
                segments=made.segments,
                channels=written.channels,
                sample_rate=written.sample_rate,
                language=_language(stream),
                title=stream.metadata.get("title", ""),
            )
    finally:
        file.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of the sound that goes with the pictures.

    Attributes:
        origin: When the first picture is shown, in the container's seconds.
        end: Seconds from there to the last picture's end; None for all there is.
        before: Seconds before the origin that are kept: what a decoder has to swallow first.
    """

    origin: Fraction
    end: Fraction | None
    before: Fraction

    def time(self, frame: "Packet[AudioStream] | av.AudioFrame") -> Fraction | None:
        """When something is heard, in seconds from the first picture; None where unknown."""
        return None if frame.pts is None else frame.pts * _base(frame) - self.origin

    def has(self, time: Fraction) -> bool:
        """Whether it is kept."""
        return time >= -self.before and (self.end is None or time < self.end)


def _part(opened: Opened, spec: InputSpec) -> _Part:
    base = opened.stream.time_base
    first = (opened.stream.start_time or 0) * Fraction(base.num, base.den)
    end = None if spec.duration is None else Fraction(spec.duration)
    start = Fraction(spec.start)
    return _Part(first + start, end, Fraction(0) if start else _PRIMING)


def _copy(part: _Part, container: InputContainer, stream: AudioStream, path: Path) -> bool:
    """Copy packets to a file; returns whether there were any."""
    found = False
    with av.open(f"file:{path}", "w") as out:
        copied = out.add_stream_from_template(stream)
        for packet in container.demux(stream):
            time = part.time(packet)
            if packet.size and time is not None and part.has(time):
                packet.pts = packet.dts = round(time / _base(packet))
                packet.stream = copied
                out.mux(packet)
                found = True
    return found


def _encode(
    part: _Part, container: InputContainer, stream: AudioStream, audio: Audio, path: Path
) -> bool:
    """Encode to a file; returns whether there was anything to encode."""
    found = False
    if audio.encoder == "copy":
        audio = replace(audio, encoder=_OTHERWISE)
    with av.open(f"file:{path}", "w") as out:
        encoder = AudioEncoder(stream, audio, out)
        for frame in container.decode(stream):
            time = part.time(frame)
            if time is not None and part.has(time):
                frame.pts = round(time / _base(frame))
                out.mux(encoder.encode(frame))
                found = True
        out.mux(encoder.encode(None))
    return found


def _base(timed: "Packet[AudioStream] | av.AudioFrame") -> Fraction:
    return Fraction(timed.time_base.num, timed.time_base.den)


def _language(stream: AudioStream) -> str:
    language = stream.language or ""
    return "" if language == "und" else language
