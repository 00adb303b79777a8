"""What containers hold, and opening one so that it takes that."""

import io
import tempfile
from functools import cache
from pathlib import Path

import av
from av.container import OutputContainer
from av.stream import Stream

_INDEXED = frozenset({"mp4", "mov"})
# Matroska holds whatever has a number in RIFF files, but says so only when it is written.
_ASKED_BY_TRIAL = "matroska"
# What text becomes, the first that a container holds.
_TEXT = ("subrip", "mov_text", "webvtt")
_TEE_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\'|"})


@cache
def _named(form: str) -> frozenset[str]:
    """The codecs that a container says it holds."""
    with av.open(io.BytesIO(), "w", format=form) as container:
        return frozenset(container.supported_codecs)


def codec_of(stream: Stream) -> str:
    """FFmpeg's name of the codec of a stream, whatever decodes it; "" where it has none."""
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""


def is_named(form: str, stream: Stream) -> bool:
    """Whether a container says that it holds a codec, so that it can be added as any other."""
    return codec_of(stream) in _named(form)


def holds(form: str, stream: Stream) -> bool:
    """Whether a container holds a stream as it is.

    Args:
        form: FFmpeg's name of the container.
        stream: A stream of sound or subtitles.
    """
    if is_named(form, stream):
        return True
    if form != _ASKED_BY_TRIAL or stream.codec_context is None:
        return False
    try:
        with (
            tempfile.TemporaryDirectory(prefix="vmafx-") as folder,
            open_output(Path(folder) / "trial.mkv", form, all_named=False) as container,
        ):
            container.add_stream_from_template(stream, opaque=True)
            container.start_encoding()
    except (av.FFmpegError, ValueError):
        return False
    return True


def takes_text(form: str, stream: Stream) -> str:
    """The codec of subtitles that those of a stream are converted to; "" where that cannot be.

    Args:
        form: FFmpeg's name of the container.
        stream: A stream of subtitles that it does not hold.
    """
    if stream.codec_context is None or not stream.codec_context.codec.text_sub:
        return ""
    return next((name for name in _TEXT if name in _named(form)), "")


def open_output(path: Path, form: str, *, all_named: bool) -> OutputContainer:
    """A container to write to.

    Args:
        path: Its file.
        form: FFmpeg's name of it.
        all_named: Whether it says that it holds each codec that it is to hold. PyAV refuses the
            others; FFmpeg's tee leaves that question to the container behind it. That one gets no
            chapters.
    """
    if not all_named:
        return av.open(f"[f={form}]file:{str(path).translate(_TEE_SPECIAL)}", "w", format="tee")
    # Players of a file that is still being loaded want its index first.
    options = {"movflags": "+faststart"} if form in _INDEXED else {}
    return av.open(f"file:{path}", "w", format=form, options=options)
