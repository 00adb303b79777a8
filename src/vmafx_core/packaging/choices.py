"""What becomes of each stream of a source in a container, and what there is to tell of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.subtitles.stream import SubtitleStream

from vmafx_core.encoders.audio import Audio, layout_notice
from vmafx_core.notice import Notice, info, warning
from vmafx_core.packaging.holding import codec_of, holds, is_named, takes_text

IMAGES = {"mjpeg": ("image/jpeg", ".jpg"), "png": ("image/png", ".png")}
"""Covers that Matroska holds as attached files, by codec: what they are, and their ending."""


class How(Enum):
    """What becomes of a stream."""

    COPIED = auto()
    """Its packets stay as they are."""
    ENCODED = auto()
    """Sound is encoded anew."""
    CONVERTED = auto()
    """Subtitles get another form for their text."""
    ATTACHED = auto()
    """A file stays attached."""
    COVER = auto()
    """A cover stays a stream of one picture."""
    FILE = auto()
    """A cover becomes a file that is attached."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one stream.

    Attributes:
        stream: The stream of the source.
        how: What becomes of it.
        codec: The codec that it is converted to; "" otherwise.
    """

    stream: Stream
    how: How
    codec: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What becomes of a source's streams besides its pictures.

    Attributes:
        kept: The streams that the file gets, in order.
        notices: What there is to tell, of those that it does not get too.
        all_named: Whether the container says that it holds all of them; see `open_output`.
    """

    kept: tuple[Choice, ...]
    notices: tuple[Notice, ...]
    all_named: bool


def choose(original: InputContainer, pictures: Stream, form: str, audio: Audio) -> Choices:
    """Decide what becomes of each stream of a source.

    Args:
        original: The source.
        pictures: Its stream that is encoded.
        form: FFmpeg's name of the container to write.
        audio: What becomes of the sound.

    Raises:
        UsageError: The sound cannot be encoded so.
    """
    kept: list[Choice] = []
    notices: list[Notice] = []
    for stream in original.streams:
        if stream.index == pictures.index:
            continue
        for found in _of(stream, form, audio):
            if isinstance(found, Notice):
                notices.append(found)
            else:
                kept.append(found)
    all_named = all(is_named(form, c.stream) for c in kept if c.how is How.COPIED)
    if not all_named and original.chapters():
        text = f"the chapters are left out: FFmpeg writes none beside such sound to {form}"
        notices.append(warning("chapters-left-out", text))
    return Choices(tuple(kept), tuple(notices), all_named)


def _of(stream: Stream, form: str, audio: Audio) -> Iterator[Choice | Notice]:
    """What becomes of a stream, and what there is to tell of that."""
    if stream.type == "video":
        yield _picture(stream, form)
    elif stream.type == "attachment":
        fits = form == "matroska"
        yield Choice(stream, How.ATTACHED) if fits else _left_out(stream, f"{form} cannot hold it")
    elif isinstance(stream, AudioStream) and audio.encoder != "copy":
        if audio.encoder != "none":
            yield Choice(stream, How.ENCODED)
            yield from layout_notice(stream, audio)
    elif stream.type in {"audio", "subtitle"}:
        if holds(form, stream):
            yield Choice(stream, How.COPIED)
        elif isinstance(stream, SubtitleStream) and (codec := takes_text(form, stream)):
            yield Choice(stream, How.CONVERTED, codec)
            yield info("converted", f"{_name(stream)} is converted to {codec}")
        else:
            yield _left_out(stream, f"{form} cannot hold it")


def _picture(stream: Stream, form: str) -> Choice | Notice:
    """What becomes of a video stream that is not the one that is encoded."""
    if not stream.disposition & Disposition.attached_pic:
        return _left_out(stream, "one video is encoded")
    if form == "matroska" and codec_of(stream) in IMAGES:
        return Choice(stream, How.FILE)
    if form != "matroska" and is_named(form, stream):
        return Choice(stream, How.COVER)
    return _left_out(stream, f"{form} cannot hold it")


def _left_out(stream: Stream, why: str) -> Notice:
    return warning("stream-left-out", f"{_name(stream)} is left out: {why}")


def _name(stream: Stream) -> str:
    codec = stream.codec_context.name if stream.codec_context else "a file"
    return f"{stream.type} stream {stream.index} ({codec})"
