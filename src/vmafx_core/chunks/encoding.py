"""Encoding into files that are kept until all is well: an interrupted run goes on with them."""

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import av

from vmafx_core.chunks.progress import Progress
from vmafx_core.chunks.workplace import finish, unfinished
from vmafx_core.encoders.hdr import Hdr
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.errors import InputError
from vmafx_core.media.locations import name_of
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.probing.parallel import Running
from vmafx_core.probing.points import Point
from vmafx_core.scoring.events import Told


def identity_of(source: InputSpec) -> str:
    """How a source is read, and the size and age of its file where it is one."""
    try:
        found = Path(source.location).stat()
    except (OSError, ValueError):
        return repr(source)
    return f"{source!r} {found.st_size} {found.st_mtime_ns}"


def digest_of(identity: str, point: Point, times: list[int] | None = None) -> str:
    """What tells an encode from all others.

    Args:
        identity: What is encoded; see `identity_of`.
        point: How it is encoded.
        times: The times of the pictures that are encoded; None for all of the source.
    """
    what = (identity, times, point.setting, point.pix_fmt, point.encoder_version)
    return hashlib.sha256(repr(what).encode()).hexdigest()[:16]


def not_where_it_was(source: InputSpec, frame: int) -> InputError:
    """What tells that a source, read from some frame on, gives another than from its beginning."""
    return InputError(
        f"{name_of(source.location)}: frame {frame} is not where it was when the video was read "
        "from its beginning",
        "Copy it to a new file with ffmpeg -c copy, which writes its index anew.",
    )


def encode_kept(
    path: Path,
    pictures: Generator[av.VideoFrame],
    source: VideoInfo,
    point: Point,
    *,
    running: Running,
    progress: Progress,
    threads: int,
    hdr: Hdr | None = None,
) -> None:
    """Encode pictures into a file that gets its name when it is finished.

    Args:
        path: The file; its ending says the container.
        pictures: The pictures; closed at the end.
        source: The video that they are of.
        point: How they are encoded.
        running: Told how far it is, and asked whether to go on.
        progress: Counts the pictures.
        threads: Threads for the encoder.
        hdr: HDR10 metadata of the source.

    Raises:
        ComponentError: The encoder is not usable here.
        WorkError: It failed, or the file cannot be written.
    """

    def counted(given: Iterator[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        for picture in given:
            running.go_on()
            if event := progress.add(1):
                running.tell(event)
            yield picture

    file = unfinished(path)
    with closing(pictures):
        written = encode_file(
            counted(pictures), source, point.setting, file, threads=threads, hdr=hdr
        )
    for notice in written.notices:
        running.tell(Told(notice))
    finish(path)
