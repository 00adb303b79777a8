"""Putting an encoded video together with what else its source holds; nothing is encoded."""

import heapq
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Stream

from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.opening import open_input
from vmafx_core.media.raw import no_rate
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, warning
from vmafx_core.tune.audio import COPIED, Audio, AudioEncoder

_CONTAINERS = {
    ".mkv": "matroska",
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".webm": "webm",
}
_INDEXED = {".mp4", ".m4v", ".mov"}
# What the muxer writes itself.
_OWN_TAGS = {"encoder", "major_brand", "minor_version", "compatible_brands"}

type _Timed = tuple[float, int, "av.Packet[Stream]"]


def check_output(output: Path, codec: str, source: InputSpec) -> None:
    """Refuse an output that cannot hold a video or is its source, before anything is encoded.

    Args:
        output: The file to write.
        codec: The codec of the video, in FFmpeg's name.
        source: What is encoded.

    Raises:
        UsageError: It is the source, or its ending names no container that holds the codec.
    """
    if output.resolve() == Path(source.location).resolve():
        raise UsageError(f"{output}: is the source", "Name another file to write.")
    form = _CONTAINERS.get(output.suffix.lower())
    if form is None:
        raise UsageError(
            f"{output}: no container for video has this ending",
            f"Use one of {', '.join(_CONTAINERS)}.",
        )
    with av.open(io.BytesIO(), "w", format=form) as container:
        if codec not in container.supported_codecs:
            raise UsageError(
                f"{output}: {form} does not hold {codec}", "Use the ending .mkv or .mp4."
            )


def remux(
    video: Path, source: InputSpec, output: Path, audio: Audio = COPIED
) -> tuple[Notice, ...]:
    """Write an encoded video, and the other streams of its source, to a file.

    Audio, subtitles, attached files and metadata are copied, of all of a source its chapters too.

    Args:
        video: The encoded video, its times starting at 0.
        source: The source, and which part of it the video is.
        output: The file to write, in the container of its ending.
        audio: What becomes of the audio.

    Returns:
        What there is to tell: streams that the container does not hold.

    Raises:
        InputError: The source cannot be read.
        WorkError: Writing failed.
    """
    opened = open_input(replace(source, start=0.0, duration=None), no_rate)
    try:
        # Players of a file that is still being loaded want its index first.
        options = {"movflags": "+faststart"} if output.suffix.lower() in _INDEXED else {}
        with (
            av.open(f"file:{video}") as encoded,
            av.open(f"file:{output}", "w", options=options) as out,
        ):
            remuxer = _Remuxer(opened.container, opened.stream, source, out, audio)
            remuxer.run(encoded)
            return remuxer.notices
    except (av.FFmpegError, OSError, ValueError) as error:
        output.unlink(missing_ok=True)
        raise WorkError(
            f"cannot write {output.name}: {getattr(error, 'strerror', None) or error}",
            "Look at the disk's free space; .mkv holds every codec.",
        ) from error
    finally:
        opened.close()


class _Remuxer:
    """Streams of a source on their way into a file.

    Args:
        original: The source, open.
        pictures: Its video stream, which is replaced.
        source: Which part of it is wanted.
        out: The file.
        audio: What becomes of the audio.

    Attributes:
        notices: What there is to tell.
    """

    def __init__(
        self,
        original: InputContainer,
        pictures: Stream,
        source: InputSpec,
        out: OutputContainer,
        audio: Audio,
    ) -> None:
        self.notices: tuple[Notice, ...] = ()
        self._original = original
        self._out = out
        self._audio = audio
        self._encoders: dict[int, AudioEncoder] = {}
        self._whole = source.start == 0 and source.duration is None
        begin = float((pictures.start_time or 0) * (pictures.time_base or Fraction(1)))
        self._start = begin + source.start
        self._end = math.inf if source.duration is None else self._start + source.duration

    def run(self, encoded: InputContainer) -> None:
        """Write everything."""
        video = encoded.streams.video[0]
        target = self._out.add_stream_from_template(video, opaque=True)
        target.time_base = video.time_base or Fraction(1, 1000)
        if self._out.format.name in {"mp4", "mov"} and video.codec_context.name == "hevc":
            # Apple's players take no other name: parameter sets in the sample entry alone.
            target.codec_context.codec_tag = "hvc1"
        copies = self._copies()
        own = {k: v for k, v in self._original.metadata.items() if k not in _OWN_TAGS}
        self._out.metadata.update(own)
        if self._whole:
            self._out.set_chapters(self._original.chapters())
        pictures = _timed(encoded, {video.index: target}, 0.0)
        for _, index, packet in heapq.merge(pictures, self._wanted(copies), key=lambda t: t[:2]):
            encoder = self._encoders.get(index) if packet.stream.type == "audio" else None
            self._out.mux(encoder.encode(packet) if encoder else packet)
        for encoder in self._encoders.values():
            self._out.mux(encoder.encode(None))

    def _copies(self) -> dict[int, Stream]:
        """A stream of the file for each of the source that it can hold, by the source's index."""
        copies: dict[int, Stream] = {}
        for stream in self._original.streams:
            if stream.type not in {"audio", "subtitle", "attachment"}:
                continue
            if isinstance(stream, AudioStream) and self._audio.encoder != "copy":
                if self._audio.encoder != "none":
                    self._encoders[stream.index] = self._encoder(stream)
                    # Its packets are decoded, and so stay the source's.
                    copies[stream.index] = stream
                continue
            codec = stream.codec_context.name if stream.codec_context else ""
            attached = stream.type == "attachment"
            matroska = self._out.format.name == "matroska"
            if not (matroska if attached else codec in self._out.supported_codecs):
                text = f"{stream.type} stream {stream.index} ({codec or 'a file'}) is left out"
                told = warning("stream-left-out", f"{text}: {self._out.format.name} cannot hold it")
                self.notices = (*self.notices, told)
                continue
            copy = self._out.add_stream_from_template(stream, opaque=True)
            copy.metadata.update(stream.metadata)
            copy.disposition = stream.disposition
            if not attached:
                copies[stream.index] = copy
        return copies

    def _encoder(self, stream: AudioStream) -> AudioEncoder:
        encoder = AudioEncoder(stream, self._audio, self._out)
        encoder.stream.metadata.update(stream.metadata)
        encoder.stream.disposition = stream.disposition
        return encoder

    def _wanted(self, copies: dict[int, Stream]) -> Iterator[_Timed]:
        """The packets of the copies that belong to the part that is wanted, moved to its start."""
        if not copies:
            return
        if self._start > 0 and not self._whole:
            self._original.seek(int(self._start * av.time_base))
        for time, order, packet in _timed(self._original, copies, self._start):
            if time < 0 and not self._whole:
                continue
            if time >= self._end - self._start:
                return
            yield time, order, packet


def _timed(container: InputContainer, copies: dict[int, Stream], start: float) -> Iterator[_Timed]:
    """Packets with the time by which they are put in order, from `start`, and their new stream."""
    wanted = [container.streams[index] for index in copies]
    latest = 0.0
    for packet in container.demux(wanted):
        if not packet.size or packet.pts is None:
            continue
        base = Fraction(packet.time_base.num, packet.time_base.den)
        shift = round(start / base)
        packet.pts -= shift
        if packet.dts is not None:
            packet.dts -= shift
            latest = float(packet.dts * base)
        index = packet.stream_index
        packet.stream = copies[index]
        yield latest, index, packet
