"""Encoding through an ffmpeg program, for encoders that are not in PyAV's FFmpeg.

Pictures go to the program through a pipe, as raw video in NUT, which keeps their times. What it
encodes comes back through another one, or is written by the program itself.
"""

import io
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import IO, cast

import av

from vmafx_core.encoders.contract import Encoder
from vmafx_core.encoders.options import check_names, generic_names, options_of
from vmafx_core.encoders.pictures import Pictures
from vmafx_core.encoders.writing import Written
from vmafx_core.errors import ComponentError, UsageError, WorkError
from vmafx_core.extras import remedy

VARIABLE = "VMAFX_FFMPEG"
_PATIENCE = 10.0
_OPTION = re.compile(r"^ {2}-(\S+) +<", re.MULTILINE)
_LISTED = re.compile(r"^ V\S* (\S+)", re.MULTILINE)
_LAST_LINES = 3
# Encoders that drop pictures whose times are not on the grid of the frame rate.
_EVEN_ONLY = frozenset({"libvvenc"})
_UNSPECIFIED = 2  # of FFmpeg's numbers for matrices, primaries and transfers


def programs() -> tuple[str, ...]:
    """The ffmpeg programs there are: VMAFX_FFMPEG alone, or the PATH's and imageio-ffmpeg's."""
    if given := os.environ.get(VARIABLE):
        return (given,)
    found = [shutil.which("ffmpeg")]
    with suppress(ImportError, RuntimeError):
        import imageio_ffmpeg  # an extra

        found.append(imageio_ffmpeg.get_ffmpeg_exe())
    return tuple(dict.fromkeys(path for path in found if path))


def _said(program: str, *options: str) -> str:
    """What a program prints; empty where it does not run."""
    try:
        return _asked(program, *options)
    except (OSError, subprocess.TimeoutExpired):
        return ""


@cache
def _asked(program: str, *options: str) -> str:
    """What a program prints, asked once: what fails is not remembered."""
    done = subprocess.run(  # noqa: S603  # the user's own program
        [program, "-hide_banner", *options],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    return done.stdout


def program_for(encoder: Encoder) -> str:
    """The program that has an encoder.

    Raises:
        ComponentError: There is none.
    """
    known = programs()
    if not known:
        raise ComponentError(
            f"{encoder.name} needs an ffmpeg program, and there is none",
            f"Install one: {remedy('ffmpeg')}, or name a program in {VARIABLE}.",
        )
    for program in known:
        if encoder.name in _LISTED.findall(_said(program, "-encoders")):
            return program
    raise ComponentError(
        f"{' and '.join(known)}: no encoder {encoder.name}",
        f"Name an ffmpeg that has it in {VARIABLE}, or install one: {remedy('ffmpeg')}.",
    )


def program_version(program: str) -> str:
    """The version that a program tells."""
    return _said(program, "-version").split(" Copyright")[0] or program


def encode_by_program(
    frames: Iterable[av.VideoFrame],
    encoder: Encoder,
    pictures: Pictures,
    *,
    path: Path | None,
    threads: int = 0,
) -> tuple[bytes, Written]:
    """Encode frames with an ffmpeg program.

    Args:
        frames: The pictures of the source (its `filters` not yet applied), with their times.
        encoder: The encoder.
        pictures: How they are brought to what it takes.
        path: The file to write; None to get the encode, as NUT or Matroska.
        threads: Threads for the encoder; 0 for as many as it thinks right.

    Returns:
        The encode, empty where it is in a file, and what there is to say of it.

    Raises:
        ComponentError: There is no program with that encoder.
        UsageError: The encoder cannot encode such a source.
        WorkError: It failed.
    """
    began = time.monotonic()
    program = program_for(encoder)
    if pictures.uneven and encoder.name in _EVEN_ONLY:
        raise UsageError(
            f"{encoder.name} encodes even frame rates only, and the source's is not",
            "Choose another encoder.",
        )
    own = set(_OPTION.findall(_said(program, "-help", f"encoder={encoder.name}")))
    check_names(encoder.name, dict(pictures.setting.options), own, generic_names())
    run: _Run | None = None
    try:
        for frame in pictures.prepared(frames):
            if run is None:
                run = _Run(
                    encoder.name, [program, *_arguments(encoder, pictures, frame, path, threads)]
                )
                run.begin(pictures, frame)
            run.put(frame)
        run = cast(_Run, run)
        data = run.finish()
    finally:
        if run:
            run.close()
    return data, Written(
        frames=pictures.count,
        video_bytes=_video_bytes(path, data),
        seconds=time.monotonic() - began,
        pix_fmt=pictures.setting.pix_fmt,
        notices=pictures.notices,
    )


def _arguments(
    encoder: Encoder, pictures: Pictures, first: av.VideoFrame, path: Path | None, threads: int
) -> list[str]:
    setting = pictures.setting
    tags = {
        "range": int(first.color_range),
        "colorspace": int(first.colorspace),
        "color_primaries": int(first.color_primaries),
        "color_trc": int(first.color_trc),
    }
    known = [f"{n}={v}" for n, v in tags.items() if v != (0 if n == "range" else _UNSPECIFIED)]
    filters = [f"setsar={pictures.aspect.numerator}/{pictures.aspect.denominator}"]
    if known:
        filters.append("setparams=" + ":".join(known))
    arguments = ["-hide_banner", "-v", "error", "-y", "-f", "nut", "-i", "pipe:0"]
    arguments += ["-vf", ",".join(filters), "-c:v", encoder.name, "-pix_fmt", setting.pix_fmt]
    arguments += ["-fps_mode", "passthrough", "-enc_time_base", str(pictures.ticks.base)]
    if threads:
        arguments += ["-threads", str(threads)]
    for name, value in options_of(encoder, setting, pictures.hdr).items():
        arguments += [f"-{name}", value]
    # NUT keeps all times, but knows no VVC; Matroska wants to go back for AV1.
    form = "matroska" if encoder.codec == "vvc" else "nut"
    return [*arguments, *(["-f", form, "pipe:1"] if path is None else [f"file:{path}"])]


class _Run:
    """A running program, and the pipes to it."""

    def __init__(self, name: str, command: list[str]) -> None:
        self._name = name
        self._count = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close()
        self._process = subprocess.Popen(  # noqa: S603  # the user's own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors
        )
        self._data = b""
        self._reader = threading.Thread(target=self._read, name="vmafx-program", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        self._data = cast(IO[bytes], self._process.stdout).read()

    def begin(self, pictures: Pictures, frame: av.VideoFrame) -> None:
        self._pipe = av.open(cast(IO[bytes], self._process.stdin), "w", format="nut")
        self._stream = self._pipe.add_stream("rawvideo", rate=pictures.rate)
        context = self._stream.codec_context
        context.width, context.height = frame.width, frame.height
        context.pix_fmt = frame.format.name
        context.time_base = self._stream.time_base = Fraction(pictures.ticks.base)

    def put(self, frame: av.VideoFrame) -> None:
        """Give the next picture.

        Raises:
            WorkError: The program has ended.
        """
        try:
            self._pipe.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise self._failure() from error
        self._count += 1

    def finish(self) -> bytes:
        """Wait for the end; returns what the program gave.

        Raises:
            WorkError: The program failed.
        """
        with suppress(av.FFmpegError, OSError):  # if it has ended, its exit code tells
            self._pipe.mux(self._stream.encode(None))
            self._pipe.close()
        with suppress(OSError):
            cast(IO[bytes], self._process.stdin).close()
        self._reader.join()
        if self._process.wait():
            raise self._failure()
        return self._data

    def _failure(self) -> WorkError:
        """What the program said before it ended, which it is about to."""
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            code = None
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        told = " / ".join(lines[:_LAST_LINES]) or f"exit code {code}"
        return WorkError(
            f"encoding with {self._name} failed after {self._count} pictures: {told}",
            "Look at the encoder's options, or choose another preset or encoder.",
        )

    def close(self) -> None:
        """End the program, if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with suppress(OSError):
                cast(IO[bytes], stream).close()


def _video_bytes(path: Path | None, data: bytes) -> int:
    with av.open(f"file:{path}" if path else io.BytesIO(data), "r") as container:
        return sum(int(packet.size) for packet in container.demux(video=0))
