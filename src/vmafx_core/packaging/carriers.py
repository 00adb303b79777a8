"""What becomes of the packets of a source's streams: copied, encoded anew, or converted."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.codeccontext import SubtitleCodecContext
from av.subtitles.stream import SubtitleStream

from vmafx_core.encoders.audio import AudioEncoder
from vmafx_core.encoders.samples import SampleClock

type Packets = "Sequence[Packet[Any]]"
"""Packets for a file, each of one of its streams."""


class Carrier(Protocol):
    """Takes the packets of one stream of a source, and gives those of the file's."""

    def take(self, packet: "Packet[Stream]") -> Packets:
        """What comes of the next packet, whose time is the file's."""

    def end(self) -> Packets:
        """What is still to come after the last one."""


class Copied:
    """A stream that stays as it is.

    Args:
        stream: The stream of the source.
        out: The file.
        counted: Whether sound gets times in samples, for a file that says how long each packet is.
    """

    def __init__(self, stream: Stream, out: OutputContainer, *, counted: bool) -> None:
        self._own = stream
        self._copy = out.add_stream_from_template(stream, opaque=True)
        _describe(self._copy, stream)
        self._clock: SampleClock | None = None
        if counted and isinstance(stream, AudioStream):
            self._clock = SampleClock(stream.codec_context.sample_rate)

    def take(self, packet: "Packet[Stream]") -> Packets:
        """What comes of the next packet, whose time is the file's."""
        if self._clock:
            self._clock.set(cast("Packet[AudioStream]", packet), cast(AudioStream, self._own))
        packet.stream = self._copy
        return (packet,)

    def end(self) -> Packets:
        """What is still to come after the last one."""
        return ()


class Encoded:
    """Sound that is encoded anew.

    Args:
        stream: The stream of the source.
        encoder: Encodes it into the file.
    """

    def __init__(self, stream: AudioStream, encoder: AudioEncoder) -> None:
        self._encoder = encoder
        _describe(encoder.stream, stream)

    def take(self, packet: "Packet[Stream]") -> Packets:
        """What comes of the next packet, whose time is the file's."""
        frames = cast("list[av.AudioFrame]", packet.decode())
        return [made for frame in frames for made in self._encoder.encode(frame)]

    def end(self) -> Packets:
        """What is still to come after the last one."""
        return self._encoder.encode(None)


class Converted:
    """Subtitles whose text gets the form that the file has for it.

    Args:
        stream: The stream of the source.
        codec: The codec of the file's.
        out: The file.
    """

    def __init__(self, stream: SubtitleStream, codec: str, out: OutputContainer) -> None:
        self._decoder = stream.codec_context
        self._decoder.open(strict=False)
        self._stream = out.add_stream(codec)
        self._encoder = cast(SubtitleCodecContext, self._stream.codec_context)
        # Encoders read the events that all decoders of text give, and their styles.
        self._encoder.subtitle_header = self._decoder.subtitle_header
        _describe(self._stream, stream)

    def take(self, packet: "Packet[Stream]") -> Packets:
        """What comes of the next packet, whose time is the file's."""
        event = self._decoder.decode2(packet)
        if event is None or not len(event):
            return ()
        text = self._encoder.encode_subtitle(event)
        text.pts = text.dts = packet.pts
        text.time_base, text.duration = packet.time_base, packet.duration
        text.stream = self._stream
        return (text,)

    def end(self) -> Packets:
        """What is still to come after the last one."""
        return ()


def _describe(copy: Stream, stream: Stream) -> None:
    """Carry over what a container says of a stream."""
    copy.metadata.update(stream.metadata)
    copy.disposition = stream.disposition
