"""Opening an input with FFmpeg, and choosing the video stream."""

import io
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from vmafx_core.errors import InputError, UsageError, VmafxError
from vmafx_core.media import raw
from vmafx_core.media.completeness import check_content, check_file
from vmafx_core.media.confinement import confining_options
from vmafx_core.media.failures import open_error
from vmafx_core.media.locations import (
    content_head,
    file_head,
    first_bytes,
    is_pipe,
    is_sequence,
    is_url,
    name_of,
    open_pipe,
)
from vmafx_core.media.opened import Opened
from vmafx_core.media.pipe import InOrder, Pipe
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, info

# Seconds that a server may take to answer, and to send the next bytes.
_CONNECT_SECONDS = 15.0
_READ_SECONDS = 30.0
# A connection that breaks is taken up again where it broke, a few times.
_HTTP_OPTIONS = {"reconnect": "1", "reconnect_max_retries": "3", "reconnect_delay_max": "2"}

# A pipe is read through Python, so in large pieces.
_PIPE_BUFFER = 1 << 20
_FILE_BUFFER = 1 << 15
Content = bytes | Any
"""A file in memory, or what can be read as a file can; what has no `seek` is read in order."""

# FFmpeg's demuxers that take any text for a video.
_TEXT_DEMUXERS = frozenset({"tty", "bin", "adf", "idf", "xbin"})
# How containers that are sent through pipes begin; what does not is raw, if a size is given.
_SIGNATURES = (b"YUV4MPEG2 ", b"\x1aE\xdf\xa3", b"RIFF", b"FLV\x01", b"DKIF", b"OggS")
# Of a transport stream: so short that in a file whose name says that it is raw, it is chance.
_TS_SIGNATURE = b"G@"


def open_input(
    spec: InputSpec, default_rate: raw.DefaultRate = raw.no_rate, data: Content | None = None
) -> Opened:
    """Open the input that `spec` names, and choose its video stream.

    Args:
        spec: What to open.
        default_rate: Gives the frame rate of raw video that says none itself.
        data: The file itself, where it is in memory or somewhere else; the spec only names it
            then.

    Raises:
        InputError: It cannot be read, is cut short, or has no video.
        RemoteError: A server cannot be reached, or refused.
        UsageError: The wanted stream is not there.
        UnknownNameError: There is no such pixel format.
    """
    location = spec.location
    pipe, head = None, b""
    if data is not None:
        return _open_content(spec, default_rate, data)
    if is_pipe(location):
        pipe, head = open_pipe(location)
    elif not is_url(location) and (spec.confined or not is_sequence(location)):
        head = file_head(location, near=not spec.confined)
    container: InputContainer | None = None
    try:
        geometry = raw.geometry(spec, default_rate) if _is_raw(spec, head, pipe) else None
        if geometry is None and head and pipe is None:
            check_file(location, head)
        if geometry and pipe is None and not is_url(location):
            raw.check_size(location, geometry, Path(location).stat().st_size)
        container = _container(spec, head, pipe, geometry)
        stream, notices = _choose(container, spec)
    except BaseException:
        if container:
            container.close()
        if pipe:
            pipe.close()
        raise
    assumed = geometry.notices if geometry else ()
    return Opened(container, stream, head, pipe, geometry, (*assumed, *notices))


def _open_content(spec: InputSpec, default_rate: raw.DefaultRate, data: Content) -> Opened:
    """Open a file by its content."""
    content: Any = io.BytesIO(data) if isinstance(data, bytes) else data
    pipe = None if hasattr(content, "seek") else InOrder(content.read)
    location = spec.location
    head = first_bytes(pipe, location) if pipe else content_head(content, location)
    geometry = raw.geometry(spec, default_rate) if _is_raw(spec, head, pipe) else None
    if pipe is None:
        size = content.seek(0, io.SEEK_END)
        content.seek(0)
        if geometry:
            raw.check_size(location, geometry, size)
        else:
            check_content(content, size, location, head)
        content.seek(0)
    options = geometry.options if geometry else {}
    if spec.confined:
        options |= confining_options(url=False)
    try:
        file = av.open(
            pipe or content,
            "r",
            format="rawvideo" if geometry else None,
            container_options=options,
            buffer_size=_PIPE_BUFFER if pipe else _FILE_BUFFER,
        )
    except (av.FFmpegError, ValueError) as error:
        raise _refused(spec, error, head) from error
    stream, notices = _choose(file, spec)
    assumed = geometry.notices if geometry else ()
    return Opened(file, stream, head, pipe, geometry, (*assumed, *notices))


def _container(
    spec: InputSpec, head: bytes, pipe: Pipe | None, geometry: raw.Geometry | None
) -> InputContainer:
    location, url = spec.location, is_url(spec.location)
    options = geometry.options if geometry else {}
    if url:
        options |= _HTTP_OPTIONS
    if spec.confined:
        options |= confining_options(url=url)
    try:
        return av.open(
            # "file:" keeps FFmpeg from taking a colon in a file's name for a protocol.
            pipe or (location if url else f"file:{location}"),
            "r",
            format="rawvideo" if geometry else None,
            container_options=options,
            buffer_size=_PIPE_BUFFER if pipe else _FILE_BUFFER,
            timeout=(_CONNECT_SECONDS, _READ_SECONDS) if url else None,
        )
    except (av.FFmpegError, ValueError) as exc:
        raise _refused(spec, exc, head) from exc


def _refused(spec: InputSpec, error: Exception, head: bytes) -> VmafxError:
    """What to say of an input that FFmpeg does not open."""
    if spec.confined and isinstance(error, av.error.ArgumentError):
        return InputError(
            f"{name_of(spec.location)}: is a list of other files, or in a format that is not taken",
            "Name a file that holds its pictures itself.",
        )
    return open_error(spec.location, error, head)


def _is_raw(spec: InputSpec, head: bytes, pipe: InOrder | None) -> bool:
    if head.startswith(_SIGNATURES) or head[4:8] == b"ftyp":
        return False
    if pipe:
        if head.startswith(_TS_SIGNATURE):
            return False
        return spec.width is not None and spec.height is not None
    path = urlsplit(spec.location).path if is_url(spec.location) else spec.location
    return PurePosixPath(path).suffix.lower() in raw.ENDINGS


def _choose(container: InputContainer, spec: InputSpec) -> tuple[VideoStream, list[Notice]]:
    name = name_of(spec.location)
    if container.format.name in _TEXT_DEMUXERS:
        raise InputError(f"{name}: is text, not video", "Name a video file.")
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        kinds = sorted({s.type for s in container.streams if s.type != "video"})
        has = f" (only {' and '.join(kinds)})" if kinds else ""
        raise InputError(f"{name}: has no video stream{has}", "Name a file with video in it.")
    streams = [s for s in streams if s.codec_context is not None]
    if not streams:
        raise InputError(
            f"{name}: FFmpeg has no decoder for its video",
            "Convert it first, to H.264 without loss for instance.",
        )
    if spec.stream is not None:
        if not 0 <= spec.stream < len(streams):
            has = f"It has {len(streams)}, counted from 0."
            raise UsageError(f"{name}: has no video stream {spec.stream}", has)
        return streams[spec.stream], []
    if len(streams) == 1:
        return streams[0], []
    # The largest pictures, as the ffmpeg command has it.
    chosen = max(range(len(streams)), key=lambda i: streams[i].width * streams[i].height)
    text = f"{name}: video stream {chosen} of {len(streams)} (counted from 0) is read"
    return streams[chosen], [info("stream-choice", text)]
