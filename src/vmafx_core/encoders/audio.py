"""What becomes of the audio of a source: copied, left out, or encoded anew."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import av.codec
from av.audio.codeccontext import AudioCodecContext
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet

from vmafx_core.encoders.samples import SampleClock
from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.notice import Notice, warning

_GRAMMAR = re.compile(r"(?P<codec>[A-Za-z0-9_]+)(?::(?P<rate>\d+(?:\.\d+)?)(?P<unit>[kKmM]?))?")
_UNITS = {"": 1, "k": 1000, "m": 1_000_000}
_NAMED = {"opus": "libopus", "mp3": "libmp3lame"}
_COMMON = ("aac", "libopus", "libmp3lame", "flac", "ac3", "eac3")
_BIT_RATE_A_CHANNEL = 64_000
_USUAL_LAYOUTS = {
    1: "mono",
    2: "stereo",
    3: "2.1",
    4: "quad",
    5: "5.0",
    6: "5.1",
    7: "6.1",
    8: "7.1",
}


@dataclass(frozen=True, slots=True)
class Audio:
    """What becomes of audio.

    Attributes:
        encoder: FFmpeg's name of the encoder; "copy" to copy, "none" to leave it out.
        bit_rate: Bits a second of each stream; None for 64 kbit/s a channel.
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


def layout_notice(stream: AudioStream, audio: Audio) -> Iterator[Notice]:
    """What there is to tell of channels that an encoder does not take.

    Args:
        stream: The stream of the source.
        audio: The encoder.

    Raises:
        UsageError: The encoder takes none of the channels and rates that the stream could have.
    """
    own, taken = stream.codec_context.layout, _accepted(audio.encoder, stream.codec_context).layout
    if taken.nb_channels < own.nb_channels:
        text = (
            f"audio stream {stream.index}: its channels ({own.name}) become {taken.name}, the most "
            f"that {audio.encoder} takes"
        )
        yield warning("channels", text)


class AudioEncoder:
    """One audio stream, encoded anew into a container.

    Args:
        original: The stream of the source.
        audio: The encoder and its bit rate.
        out: The container.

    Attributes:
        stream: The stream of the container.

    Raises:
        UsageError: The encoder takes none of the channels and rates that the stream could have.
    """

    def __init__(self, original: AudioStream, audio: Audio, out: OutputContainer) -> None:
        source = original.codec_context
        trial = _accepted(audio.encoder, source)
        self.stream = cast(AudioStream, out.add_stream(audio.encoder, rate=trial.sample_rate))
        context = self.stream.codec_context
        context.layout, context.format = trial.layout, trial.format
        context.bit_rate = audio.bit_rate or context.layout.nb_channels * _BIT_RATE_A_CHANNEL
        context.open()
        self._clock = SampleClock(source.sample_rate)
        self._resampler = av.AudioResampler(
            context.format, context.layout, context.sample_rate, context.frame_size or None
        )

    def encode(self, frame: av.AudioFrame | None) -> "list[Packet[AudioStream]]":
        """The packets that come of a decoded frame; of None, the last ones."""
        if frame is not None:
            unit = Fraction(frame.time_base.num, frame.time_base.den)
            time = None if frame.pts is None else frame.pts * unit
            frame.pts = self._clock.of(time, frame.samples, unit)
            frame.time_base = Fraction(1, frame.sample_rate)
        packets = [p for ready in self._resampler.resample(frame) for p in self._encode(ready)]
        return packets + (self._encode(None) if frame is None else [])

    def _encode(self, frame: av.AudioFrame | None) -> "list[Packet[AudioStream]]":
        return cast("list[Packet[AudioStream]]", self.stream.encode(frame))


def _accepted(encoder: str, source: AudioCodecContext) -> AudioCodecContext:
    """An encoder opened for what a stream holds, or for the nearest to it that it takes.

    Encoders do not say which layouts they take: trying is the only way to know.
    """
    codec = av.codec.Codec(encoder, "w")
    rates, formats = codec.audio_rates, [f.name for f in codec.audio_formats or ()]
    rate, layout = source.sample_rate, source.layout
    if rates and rate not in rates:
        rate = min((r for r in rates if r > rate), default=max(rates))
    # Formats such as PCM may only say how many channels there are.
    own = [] if layout.name.endswith("channels") else [layout.name]
    fewer = [name for n, name in _USUAL_LAYOUTS.items() if n <= layout.nb_channels]
    for name in dict.fromkeys([*own, *reversed(fewer)]):
        context = cast(AudioCodecContext, av.CodecContext.create(encoder, "w"))
        context.sample_rate, context.layout = rate, name
        given = source.format.name if source.format else ""
        context.format = given if given in formats or not formats else formats[0]
        with suppress(av.FFmpegError):
            context.open()
            return context
    raise UsageError(
        f"{encoder} does not encode audio of {layout.nb_channels} channels at {rate} Hz",
        "Choose another encoder, such as aac, or copy.",
    )
