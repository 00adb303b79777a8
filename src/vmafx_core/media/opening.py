"""Opening a path, a URL or a pipe with FFmpeg, and choosing the video stream."""

import difflib
import os
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vmafx_core.errors import InputError, UsageError
from vmafx_core.media import raw
from vmafx_core.media.failures import open_error
from vmafx_core.media.pipe import Pipe
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, info

# Seconds that a server may take to answer, and to send the next bytes.
_CONNECT_SECONDS = 15.0
_READ_SECONDS = 30.0
_HTTP_OPTIONS = {"reconnect": "1", "reconnect_streamed": "1", "reconnect_delay_max": "4"}

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_PICTURE_SEQUENCE = re.compile(r"%0?\d*d")
_HEAD_BYTES = 4096
_PIPE_BUFFER = 1 << 20
# Demuxers that take any text for a video.
_TEXT_DEMUXERS = frozenset({"tty", "bin", "adf", "idf", "xbin"})
_MAGIC = (b"YUV4MPEG2 ", b"\x1aE\xdf\xa3", b"RIFF", b"FLV\x01", b"DKIF", b"OggS")


@dataclass(slots=True)
class Opened:
    """An open container and the stream to decode.

    Attributes:
        container: The open container.
        stream: The chosen video stream.
        pipe: What it reads from, where that is a pipe.
        geometry: The geometry of raw video; None for all else.
        head: The first bytes, where they were read.
        notices: What was chosen or assumed.
        stopped: Whether `stop` was called.
    """

    container: InputContainer
    stream: VideoStream
    pipe: Pipe | None
    geometry: raw.Geometry | None
    head: bytes
    notices: list[Notice] = field(default_factory=list)
    stopped: bool = False

    @property
    def size(self) -> int | None:
        """Bytes of the whole input, where known: of a pipe, the bytes read so far."""
        return self.pipe.total if self.pipe else self.container.size

    def stop(self) -> None:
        """End a read that waits in another thread."""
        self.stopped = True
        if self.pipe:
            self.pipe.stop()

    def close(self) -> None:
        """Close the container."""
        self.container.close()


def can_reopen(location: str) -> bool:
    """Whether what is at `location` can be opened a second time and read from its start."""
    if location == "-":
        return False
    return bool(_URL.match(location)) or not Path(location).exists() or Path(location).is_file()


def open_input(spec: InputSpec, default_rate: object = None) -> Opened:
    """Open `spec`'s location and choose its video stream.

    Args:
        spec: What to open.
        default_rate: Frame rate of raw video that says none itself.

    Raises:
        InputError: It cannot be read, or has no video.
        RemoteError: A server cannot be reached, or refused.
        UsageError: The wanted stream is not there.
    """
    location = spec.location
    pipe, head = _pipe_of(spec), b""
    if pipe:
        head = pipe.peek(_HEAD_BYTES)
        if not head:
            raise InputError(
                f"{pipe.name}: nothing came through the pipe",
                "Check that the program before it writes a video to its output.",
            )
    elif not _URL.match(location) and not _is_sequence(location):
        head = _checked_head(location)
    geometry = raw.geometry(spec) if _is_raw(spec, head) else None
    if geometry and not pipe and not _URL.match(location):
        raw.check_size(spec, geometry, Path(location).stat().st_size)
    form, options = None, {}
    if geometry:
        form = "rawvideo"
        options = {
            "video_size": f"{geometry.width}x{geometry.height}",
            "pixel_format": geometry.pix_fmt,
            "framerate": str(geometry.frame_rate or default_rate or 25),
        }
    if location.startswith(("http://", "https://")):
        options |= _HTTP_OPTIONS
    timeout = (_CONNECT_SECONDS, _READ_SECONDS) if _URL.match(location) else None
    file = pipe or (location if _URL.match(location) else f"file:{location}")
    try:
        container = av.open(
            file,
            "r",
            format=form,
            container_options=options,
            buffer_size=_PIPE_BUFFER if pipe else 32768,
            timeout=timeout,
        )
    except (av.FFmpegError, UnicodeError, ValueError) as exc:
        raise open_error(location, exc, head) from exc
    try:
        stream, notices = _choose(container, spec)
    except BaseException:
        container.close()
        raise
    return Opened(
        container, stream, pipe, geometry, head, [*(geometry.notices if geometry else ()), *notices]
    )


def _pipe_of(spec: InputSpec) -> Pipe | None:
    if spec.is_pipe:
        return Pipe(0, "standard input")
    if _URL.match(spec.location):
        return None
    with suppress(OSError):
        if Path(spec.location).is_fifo():
            return Pipe(os.open(spec.location, os.O_RDONLY), spec.location)
    return None


def _is_sequence(location: str) -> bool:
    return bool(_PICTURE_SEQUENCE.search(location)) and not Path(location).exists()


def _checked_head(location: str) -> bytes:
    """The first bytes of a file, after the checks whose failure FFmpeg would not explain."""
    path = Path(location)
    try:
        if path.is_dir():
            raise InputError(f"{location}: is a directory", "Name a video file in it.")
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(f"{location}: no such file", _near(path)) from None
    except OSError as exc:
        raise InputError(f"{location}: cannot be read: {exc.strerror}") from None
    if not head:
        raise InputError(f"{location}: the file is empty", "Check the program that wrote it.")
    return head


def _near(path: Path) -> str:
    try:
        names = [p.name for p in path.parent.iterdir()]
    except OSError:
        return f"There is no directory {str(path.parent)!r} that can be read."
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {str(path.with_name(near[0]))!r}?" if near else "Check the path."


def _is_raw(spec: InputSpec, head: bytes) -> bool:
    if head.startswith(_MAGIC) or head[4:8] == b"ftyp":
        return False
    if spec.is_pipe:
        return spec.width is not None and spec.height is not None
    return Path(spec.location).suffix.lower() in raw.ENDINGS


def _choose(container: InputContainer, spec: InputSpec) -> tuple[VideoStream, list[Notice]]:
    location = spec.location
    if container.format.name in _TEXT_DEMUXERS:
        raise InputError(f"{location}: is text, not video", "Name a video file.")
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        kinds = sorted({s.type for s in container.streams if s.type != "video"})
        has = f" (only {' and '.join(kinds)})" if kinds else ""
        raise InputError(f"{location}: has no video stream{has}", "Name a file with video in it.")
    if spec.stream is not None:
        if not 0 <= spec.stream < len(streams):
            raise UsageError(
                f"{location}: no video stream {spec.stream}",
                f"It has {len(streams)}, counted from 0.",
            )
        return streams[spec.stream], []
    best = container.streams.best("video")
    chosen = best if best in streams else streams[0]
    if len(streams) == 1:
        return chosen, []
    text = f"{location}: video stream {streams.index(chosen)} of {len(streams)} is read"
    return chosen, [info("stream-choice", text)]
