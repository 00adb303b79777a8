"""Putting an encoded video together with what else its source holds, in step with it."""

import heapq
import math
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.subtitles.stream import SubtitleStream

from vmafx_core.encoders.audio import COPIED, Audio, AudioEncoder
from vmafx_core.encoders.samples import samples_of
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.locations import name_of
from vmafx_core.media.opened import Opened
from vmafx_core.media.opening import open_input
from vmafx_core.media.raw import no_rate
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice
from vmafx_core.packaging.carriers import Carrier, Converted, Copied, Encoded
from vmafx_core.packaging.choices import IMAGES, Choice, How, choose
from vmafx_core.packaging.holding import codec_of, open_output
from vmafx_core.packaging.streams import add_copy
from vmafx_core.packaging.timing import first_shown

# What the muxer writes itself.
_OWN_TAGS = {"encoder", "major_brand", "minor_version", "compatible_brands"}
# Of the video's own tags, those that are still true of an encode.
_VIDEO_TAGS = ("language", "title")
# Containers that count samples, and can begin to be heard within a packet.
_COUNTING = frozenset({"mp4", "mov"})
# Stands for the index of the encoded pictures: before all of the source.
_PICTURES = -1
# Seconds by which what is heard and seen together may be apart in a file.
_APART = 10
_MICROSECOND = Fraction(1, 1_000_000)

type _Timed = tuple[Fraction, int, "Packet[Stream]"]


def check_remux(source: InputSpec, form: str, audio: Audio) -> tuple[Notice, ...]:
    """Try whether a container takes what is copied or encoded of a source, before it is too late.

    Args:
        source: The source.
        form: FFmpeg's name of the container.
        audio: What becomes of the audio.

    Returns:
        What there is to tell: streams that the container does not hold, or not as they are.

    Raises:
        UsageError: The audio cannot be encoded so, or the container does not hold it.
        InputError: The source cannot be read.
    """
    opened = open_input(source, no_rate)
    try:
        choices = choose(opened.container, opened.stream, form, audio)
        with (
            tempfile.TemporaryDirectory(prefix="vmafx-") as folder,
            open_output(Path(folder) / "trial", form, all_named=choices.all_named) as out,
        ):
            _add(choices.kept, out, form, audio)
    except (av.FFmpegError, ValueError) as error:
        raise UsageError(
            f"{form} does not hold what {name_of(source.location)} has besides its pictures: "
            f"{getattr(error, 'strerror', None) or error}",
            "Use the ending .mkv, or another --audio.",
        ) from error
    finally:
        opened.close()
    return choices.notices


def remux(video: Path, source: InputSpec, output: Path, form: str, audio: Audio = COPIED) -> None:
    """Write an encoded video, and the other streams of its source, to a file.

    Audio, subtitles, attached files, covers and metadata are copied; of a whole source its
    chapters, too. Of that, nothing is lost that is heard before the first picture: the pictures
    come later then.

    Args:
        video: The encoded video, its times starting at 0.
        source: The source, and which part of it the video is.
        output: The file to write.
        form: FFmpeg's name of its container.
        audio: What becomes of the audio.

    Raises:
        InputError: The source cannot be read.
        WorkError: Writing failed.
    """
    origin = first_shown(source)
    opened = open_input(replace(source, start=0.0, duration=None), no_rate)
    try:
        choices = choose(opened.container, opened.stream, form, audio)
        with (
            av.open(f"file:{video}") as encoded,
            open_output(output, form, all_named=choices.all_named) as out,
        ):
            _Remuxer(opened, source, origin, out, form).run(encoded, choices.kept, audio)
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
        opened: The source, of which the pictures are replaced.
        source: Which part of it is wanted.
        origin: When the first picture that was encoded is shown in it.
        out: The file.
        form: FFmpeg's name of its container.
    """

    def __init__(
        self, opened: Opened, source: InputSpec, origin: Fraction, out: OutputContainer, form: str
    ) -> None:
        self._original: InputContainer = opened.container
        self._pictures = opened.stream
        self._out = out
        self._form = form
        self._whole = source.start == 0 and source.duration is None
        self._origin = origin
        self._length = math.inf if source.duration is None else Fraction(source.duration)
        self._lead = Fraction(0)

    def run(self, encoded: InputContainer, choices: Iterable[Choice], audio: Audio) -> None:
        """Write everything."""
        video = encoded.streams.video[0]
        target = add_copy(self._out, video)
        target.time_base = video.time_base or Fraction(1, 1000)
        tags = self._pictures.metadata
        target.metadata.update({k: tags[k] for k in _VIDEO_TAGS if k in tags})
        target.disposition = self._pictures.disposition
        carriers = _add(choices, self._out, self._form, audio)
        covers = _covers(choices, self._original, self._out)
        own = {k: v for k, v in self._original.metadata.items() if k not in _OWN_TAGS}
        self._out.metadata.update(own)
        if self._whole:
            self._lead = self._sounded_before(carriers)
            self._out.set_chapters(self._chapters())
        self._out.mux(covers)
        pictures = _timed(encoded, [video], -self._lead, _PICTURES)
        for _, index, packet in heapq.merge(pictures, self._wanted(carriers), key=lambda t: t[:2]):
            if index == _PICTURES:
                packet.stream = target
                self._out.mux(packet)
            else:
                self._out.mux(carriers[index].take(packet))
        for carrier in carriers.values():
            self._out.mux(carrier.end())

    def _sounded_before(self, carriers: Iterable[int]) -> Fraction:
        """Seconds by which what is kept begins before the first picture."""
        streams = [self._original.streams[index] for index in carriers]
        begins = (s.start_time * _fraction(s) for s in streams if s.start_time is not None)
        return max(self._origin - min(begins, default=self._origin), Fraction(0))

    def _chapters(self) -> "list[av.container.Chapter]":
        """The source's chapters, moved as its streams are."""
        moved = []
        for chapter in self._original.chapters():
            base = chapter["time_base"]
            unit = Fraction(base.numerator, base.denominator)
            shift = self._origin - self._lead
            start, end = (
                max(0, round((chapter[edge] * unit - shift) / _MICROSECOND))
                for edge in ("start", "end")
            )
            if end > start or not chapter["end"]:
                moved.append(chapter | {"start": start, "end": end, "time_base": _MICROSECOND})
        return cast("list[av.container.Chapter]", moved)

    def _wanted(self, carriers: Iterable[int]) -> Iterator[_Timed]:
        """The packets of these streams that belong to the part that is wanted, as it has them."""
        streams = [self._original.streams[index] for index in carriers]
        if not streams:
            return
        if not self._whole:
            # What is heard with a picture may lie before it in the file.
            self._original.seek(max(0, int((self._origin - _APART) * av.time_base)))
        for ordered, index, packet in _timed(self._original, streams, self._origin - self._lead):
            time = (packet.pts or 0) * _fraction(packet)
            if ordered >= self._length + _APART:
                return
            if self._whole or (self._has_begun(packet, time) and time < self._length):
                yield ordered, index, packet

    def _has_begun(self, packet: "Packet[Stream]", time: Fraction) -> bool:
        """Whether what a packet holds is heard or seen with the pictures."""
        stream = packet.stream
        if self._form not in _COUNTING or not isinstance(stream, AudioStream):
            return time >= 0
        sound = cast("Packet[AudioStream]", packet)
        return time + Fraction(samples_of(sound, stream), stream.codec_context.sample_rate) > 0


def _add(
    choices: Iterable[Choice], out: OutputContainer, form: str, audio: Audio
) -> dict[int, Carrier]:
    """Add streams to a file; returns what gives their packets, by the source's indices."""
    carriers: dict[int, Carrier] = {}
    for choice in choices:
        stream = choice.stream
        if choice.how is How.ATTACHED:
            out.add_stream_from_template(stream)
        elif choice.how is How.COPIED:
            carriers[stream.index] = Copied(stream, out, counted=form in _COUNTING)
        elif choice.how is How.ENCODED:
            sound = cast(AudioStream, stream)
            carriers[stream.index] = Encoded(sound, AudioEncoder(sound, audio, out))
        elif choice.how is How.CONVERTED:
            text = cast(SubtitleStream, stream)
            carriers[stream.index] = Converted(text, choice.codec, out)
    return carriers


def _covers(
    choices: Iterable[Choice], original: InputContainer, out: OutputContainer
) -> "list[Packet[Stream]]":
    """Add covers; returns the packets of those that the file holds as streams."""
    packets = []
    for choice in choices:
        if choice.how not in {How.COVER, How.FILE}:
            continue
        # Covers are handed out before anything else: nothing that follows is lost.
        packet = next(p for p in original.demux(choice.stream) if p.size)
        if choice.how is How.FILE:
            mime, ending = IMAGES[codec_of(choice.stream)]
            name = choice.stream.metadata.get("filename", f"cover{ending}")
            out.add_attachment(name, mime, bytes(packet))
        else:
            packet.stream = out.add_stream_from_template(choice.stream, opaque=True)
            packet.stream.disposition = choice.stream.disposition
            packets.append(packet)
    return packets


def _timed(
    container: InputContainer, streams: list[Stream], start: Fraction, index: int | None = None
) -> Iterator[_Timed]:
    """Packets moved to begin at `start`, with the time by which they are put in order.

    Args:
        container: Their container.
        streams: Their streams.
        start: Seconds that become 0.
        index: What they are told by; None for the indices of their streams.
    """
    latest = Fraction(0)
    for packet in container.demux(streams):
        if not packet.size or packet.pts is None:
            continue
        unit = _fraction(packet)
        shift = round(start / unit)
        packet.pts -= shift
        if packet.dts is not None:
            packet.dts -= shift
            latest = packet.dts * unit
        yield latest, packet.stream_index if index is None else index, packet


def _fraction(timed: "Packet[Stream] | Stream") -> Fraction:
    """Seconds of one unit of its times."""
    base = timed.time_base
    return Fraction(base.num, base.den) if base else Fraction(1)
