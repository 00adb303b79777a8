"""Putting an encoded video together with what else its source holds; nothing is encoded."""

import heapq
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Disposition, Stream

from vmafx_core.encoders.audio import COPIED, Audio, AudioEncoder
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opening import open_input
from vmafx_core.media.raw import no_rate
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, warning
from vmafx_core.packaging.streams import add_copy

_INDEXED = {"mp4", "mov"}
# What the muxer writes itself.
_OWN_TAGS = {"encoder", "major_brand", "minor_version", "compatible_brands"}
# Of the video's own tags, those that are still true of an encode.
_VIDEO_TAGS = ("language", "title")
# Covers that Matroska holds as attached files, by codec.
_IMAGES = {"mjpeg": ("image/jpeg", ".jpg"), "png": ("image/png", ".png")}
# Stands for the index of the encoded pictures: before all of the source.
_PICTURES = -1

type _Timed = tuple[float, int, "av.Packet[Stream]"]


def check_remux(source: InputSpec, form: str, audio: Audio) -> None:
    """Try whether a container takes what is copied or encoded of a source, before it is too late.

    Args:
        source: The source.
        form: FFmpeg's name of the container.
        audio: What becomes of the audio.

    Raises:
        UsageError: The audio cannot be encoded so, or the container does not hold it.
        InputError: The source cannot be read.
    """
    opened = open_input(source, no_rate)
    try:
        with av.open(io.BytesIO(), "w", format=form) as out:
            _Remuxer(opened.container, opened.stream, source, out, audio).add_copies()
    except (av.FFmpegError, ValueError) as error:
        raise UsageError(
            f"{form} does not hold what {name_of(source.location)} has besides its pictures: "
            f"{getattr(error, 'strerror', None) or error}",
            "Use the ending .mkv, or another --audio.",
        ) from error
    finally:
        opened.close()


def remux(
    video: Path, source: InputSpec, output: Path, form: str, audio: Audio = COPIED
) -> tuple[Notice, ...]:
    """Write an encoded video, and the other streams of its source, to a file.

    Audio, subtitles, attached files, covers and metadata are copied; of a whole source its
    chapters, too.

    Args:
        video: The encoded video, its times starting at 0.
        source: The source, and which part of it the video is.
        output: The file to write.
        form: FFmpeg's name of its container.
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
        options = {"movflags": "+faststart"} if form in _INDEXED else {}
        with (
            av.open(f"file:{video}") as encoded,
            av.open(f"file:{output}", "w", format=form, options=options) as out,
        ):
            remuxer = _Remuxer(opened.container, opened.stream, source, out, audio)
            remuxer.run(encoded)
            return remuxer.notices
    except (av.FFmpegError, OSError, ValueError) as error:
        raise WorkError(
            f"cannot write {output.name}: {getattr(error, 'strerror', None) or error}",
            "Look at the disk's free space, or use the ending .mkv; what is encoded is kept.",
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
        self._pictures = pictures
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
        target = add_copy(self._out, video)
        target.time_base = video.time_base or Fraction(1, 1000)
        tags = self._pictures.metadata
        target.metadata.update({k: tags[k] for k in _VIDEO_TAGS if k in tags})
        target.disposition = self._pictures.disposition
        copies, covers = self.add_copies()
        own = {k: v for k, v in self._original.metadata.items() if k not in _OWN_TAGS}
        self._out.metadata.update(own)
        if self._whole:
            self._out.set_chapters(self._original.chapters())
        self._out.mux(covers)
        pictures = (
            (time, _PICTURES, packet)
            for time, _, packet in _timed(encoded, {video.index: target}, 0.0)
        )
        for _, index, packet in heapq.merge(pictures, self._wanted(copies), key=lambda t: t[:2]):
            self._mux(index, packet)
        for encoder in self._encoders.values():
            self._out.mux(encoder.encode(None))

    def _mux(self, index: int, packet: "av.Packet[Stream]") -> None:
        """Write a packet, or what its audio is encoded to; pictures have no index of the source."""
        encoder = self._encoders.get(index) if index != _PICTURES else None
        if encoder is None:
            self._out.mux(packet)
            return
        for frame in cast("list[av.AudioFrame]", packet.decode()):
            self._out.mux(encoder.encode(frame))

    def add_copies(self) -> tuple[dict[int, Stream], "list[av.Packet[Stream]]"]:
        """Add a stream for each of the source that the file can hold.

        Returns:
            These streams by the source's indices, and the packets of covers.
        """
        copies: dict[int, Stream] = {}
        covers = []
        for stream in self._original.streams:
            if stream.type == "video" and stream.index != self._pictures.index:
                covers += self._cover(stream)
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
                self._leave_out(stream, f"{self._out.format.name} cannot hold it")
                continue
            copy = self._out.add_stream_from_template(stream, opaque=True)
            copy.metadata.update(stream.metadata)
            copy.disposition = stream.disposition
            if not attached:
                copies[stream.index] = copy
        return copies, covers

    def _cover(self, stream: Stream) -> "list[av.Packet[Stream]]":
        """Add a cover; returns its packet where the file holds it as a stream."""
        if not stream.disposition & Disposition.attached_pic:
            self._leave_out(stream, "one video is encoded")
            return []
        # Covers are handed out before anything else: nothing that follows is lost.
        packet = next(p for p in self._original.demux(stream) if p.size)
        codec = stream.codec_context.name if stream.codec_context else ""
        if self._out.format.name == "matroska" and codec in _IMAGES:
            mime, ending = _IMAGES[codec]
            name = stream.metadata.get("filename", f"cover{ending}")
            self._out.add_attachment(name, mime, bytes(packet))
        elif codec in self._out.supported_codecs and self._out.format.name != "matroska":
            packet.stream = self._out.add_stream_from_template(stream, opaque=True)
            packet.stream.disposition = stream.disposition
            return [packet]
        else:
            self._leave_out(stream, f"{self._out.format.name} cannot hold it")
        return []

    def _leave_out(self, stream: Stream, why: str) -> None:
        codec = stream.codec_context.name if stream.codec_context else "a file"
        text = f"{stream.type} stream {stream.index} ({codec}) is left out: {why}"
        self.notices = (*self.notices, warning("stream-left-out", text))

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
