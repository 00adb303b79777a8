"""What becomes of the audio of a source: copied, left out, or encoded anew."""

import re
from dataclasses import dataclass
from typing import cast

import av
import av.codec
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Stream

from vmafx_core.errors import UnknownNameError, UsageError

_GRAMMAR = re.compile(r"(?P<codec>[A-Za-z0-9_]+)(?::(?P<rate>\d+(?:\.\d+)?)(?P<unit>[kKmM]?))?")
_UNITS = {"": 1, "k": 1000, "m": 1_000_000}
_NAMED = {"opus": "libopus", "mp3": "libmp3lame", "vorbis": "libvorbis"}
_COMMON = ("aac", "libopus", "libmp3lame", "flac", "ac3", "eac3", "libvorbis")
_OPUS_RATE = 48_000


@dataclass(frozen=True, slots=True)
class Audio:
    """What becomes of audio.

    Attributes:
        encoder: FFmpeg's name of the encoder; "copy" to copy, "none" to leave it out.
        bit_rate: Bits a second of each stream; None for the encoder's own.
    """

    encoder: str = "copy"
    bit_rate: int | None = None


COPIED = Audio()


def parse_audio(text: str) -> Audio:
    """Read `copy`, `none`, or an encoder with or without a bit rate: `aac`, `libopus:128k`.

    Raises:
        UsageError: It is nothing of the kind.
        UnknownNameError: There is no such encoder.
    """
    found = _GRAMMAR.fullmatch(text)
    if found is None:
        raise UsageError(
            f"cannot read the audio option {text!r}", "Write copy, none, or one like aac:128k."
        )
    name = _NAMED.get(found["codec"], found["codec"])
    rate = found["rate"] and round(float(found["rate"]) * _UNITS[found["unit"].lower()])
    if name in {"copy", "none"}:
        if rate:
            raise UsageError(f"{text!r}: only what is encoded has a bit rate", f"Write {name}.")
        return Audio(name)
    listed = f"Some: {', '.join(_COMMON)}."
    try:
        kind = av.codec.Codec(name, "w").type
    except ValueError as error:
        raise UnknownNameError.of("audio encoder", name, _COMMON, listed) from error
    if kind != "audio":
        raise UsageError(f"{name} does not encode audio", listed)
    return Audio(name, rate or None)


class AudioEncoder:
    """One audio stream, encoded anew into a container.

    Args:
        original: The stream of the source.
        audio: The encoder and its bit rate.
        out: The container.
    """

    def __init__(self, original: AudioStream, audio: Audio, out: OutputContainer) -> None:
        source = original.codec_context
        rate = _OPUS_RATE if audio.encoder == "libopus" else source.sample_rate
        stream = out.add_stream(audio.encoder, rate=rate, layout=source.layout.name)
        self.stream: Stream = stream
        self._context = cast(AudioStream, stream).codec_context
        if audio.bit_rate:
            self._context.bit_rate = audio.bit_rate
        self._context.open()
        self._resampler = av.AudioResampler(
            self._context.format, self._context.layout, rate, self._context.frame_size or None
        )

    def encode(self, packet: "av.Packet[Stream] | None") -> "list[av.Packet[Stream]]":
        """The packets that come of one of the source's; of None, the last ones."""
        frames = cast("list[av.AudioFrame]", packet.decode()) if packet else []
        ready = [out for frame in frames for out in self._resampler.resample(frame)]
        if packet is None:
            ready += self._resampler.resample(None)
        packets = [p for frame in ready for p in self._encode(frame)]
        return packets + (self._encode(None) if packet is None else [])

    def _encode(self, frame: av.AudioFrame | None) -> "list[av.Packet[Stream]]":
        return cast("list[av.Packet[Stream]]", cast(AudioStream, self.stream).encode(frame))
