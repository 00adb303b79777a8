"""The sound of a source in segments: copied where players of MP4 take it, or else encoded."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet

from vmafx_core.encoders.audio import Audio, AudioEncoder, layout_notice
from vmafx_core.encoders.samples import SampleClock, samples_of
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opened import Opened
from vmafx_core.media.opening import open_input
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, warning
from vmafx_core.packaging.fragments import cut
from vmafx_core.packaging.timing import first_shown
from vmafx_core.packaging.tracks import AudioTrack

# What is specified for fragmented MP4 and played from there.
_COPIED = frozenset({"aac", "ac3", "eac3", "opus", "flac", "alac"})
_ENCODERS = ("aac", "libopus", "ac3", "eac3", "flac")
_OTHERWISE = "aac"
# Seconds of sound that are missed.
_NOTED = Fraction(1, 10)


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


def audio_notices(source: InputSpec, audio: Audio) -> tuple[Notice, ...]:
    """What there is to tell of the sound before it is packaged.

    Segments begin with the first picture: what is heard before that is not in them.

    Args:
        source: The source.
        audio: What becomes of its sound.

    Raises:
        InputError: The source cannot be read.
        UsageError: The sound cannot be encoded so.
    """
    if audio.encoder == "none":
        return ()
    notices: list[Notice] = []
    origin = first_shown(source)
    opened = open_input(source)
    try:
        for stream in () if opened.geometry else opened.container.streams.audio:
            before = origin - (stream.start_time or 0) * _base(stream)
            if not source.start and stream.start_time is not None and before > _NOTED:
                text = f"{float(before):.2f} s of sound before the first picture are left out"
                notices.append(warning("sound-before", f"audio stream {stream.index}: {text}"))
            if stream.codec_context is not None and not _is_copied(stream, audio):
                notices += layout_notice(stream, _encoded(audio))
    finally:
        opened.close()
    return tuple(notices)


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
    part = _Part(spec)
    number = 0
    while True:
        # Each is read on its own, so that nothing has to be held while another one is written.
        opened = open_input(spec)
        try:
            streams = () if opened.geometry else opened.container.streams.audio
            if number == len(streams):
                return
            try:
                track = _cut_stream(opened, part, number, folder, seconds=seconds, audio=audio)
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
    opened: Opened, part: "_Part", number: int, folder: Path, *, seconds: float, audio: Audio
) -> AudioTrack | None:
    stream = opened.container.streams.audio[number]
    if stream.codec_context is None:
        raise ValueError("FFmpeg has no decoder for it")
    name = f"audio-{number + 1}"
    file = folder / f"{name}.mp4"
    try:
        write = _copy if _is_copied(stream, audio) else partial(_encode, audio=_encoded(audio))
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


class _Part:
    """The part of the sound that goes with the pictures.

    Args:
        source: The source, and the part of it that is encoded.
    """

    def __init__(self, source: InputSpec) -> None:
        self._origin = first_shown(source)
        self._end = math.inf if source.duration is None else Fraction(source.duration)

    def time(self, frame: "Packet[AudioStream] | av.AudioFrame") -> Fraction | None:
        """When something is heard, in seconds from the first picture; None where unknown."""
        return None if frame.pts is None else frame.pts * _base(frame) - self._origin

    def has(self, time: Fraction, lasts: Fraction, stream: AudioStream) -> bool:
        """Whether it is kept: what is heard with the pictures, and what a decoder swallows before.

        Args:
            time: When it begins.
            lasts: Its length in seconds.
            stream: The stream that it is of.
        """
        if time + lasts > 0:
            return time < self._end
        # The packets of a stream that come before it is heard at all prime its decoder.
        heard = (stream.start_time or 0) * _base(stream) - self._origin
        return heard >= 0 and time < heard


def _copy(part: _Part, container: InputContainer, stream: AudioStream, path: Path) -> bool:
    """Copy packets to a file; returns whether there were any."""
    found = False
    rate = stream.codec_context.sample_rate
    clock = SampleClock(rate)
    with av.open(f"file:{path}", "w") as out:
        copied = out.add_stream_from_template(stream, opaque=True)
        for packet in container.demux(stream):
            time = part.time(packet)
            lasts = Fraction(samples_of(packet, stream), rate)
            if packet.size and time is not None and part.has(time, lasts, stream):
                packet.pts = round(time / _base(packet))
                clock.set(packet, stream)
                packet.stream = copied
                out.mux(packet)
                found = True
    return found


def _encode(
    part: _Part, container: InputContainer, stream: AudioStream, audio: Audio, path: Path
) -> bool:
    """Encode to a file; returns whether there was anything to encode."""
    found = False
    with av.open(f"file:{path}", "w") as out:
        encoder = AudioEncoder(stream, audio, out)
        for frame in container.decode(stream):
            time = part.time(frame)
            lasts = Fraction(frame.samples, frame.sample_rate)
            if time is not None and time + lasts > 0 and part.has(time, lasts, stream):
                frame.pts = round(time / _base(frame))
                out.mux(encoder.encode(frame))
                found = True
        out.mux(encoder.encode(None))
    return found


def _is_copied(stream: AudioStream, audio: Audio) -> bool:
    return audio.encoder == "copy" and stream.codec_context.codec.canonical_name in _COPIED


def _encoded(audio: Audio) -> Audio:
    """How sound is encoded that is not copied."""
    return replace(audio, encoder=_OTHERWISE) if audio.encoder == "copy" else audio


def _base(timed: "Packet[AudioStream] | av.AudioFrame | AudioStream") -> Fraction:
    base = timed.time_base
    return Fraction(base.num, base.den) if base else Fraction(1)


def _language(stream: AudioStream) -> str:
    language = stream.language or ""
    return "" if language == "und" else language
