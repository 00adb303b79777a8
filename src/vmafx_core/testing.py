"""Small clips for the tests of programs that use vmafx: smooth moving texture, encoded with PyAV.

The same arguments give the same pictures, and with libx264 and libx265 the same file, each time.

Example:
    >>> reference = write_clip(folder / "reference.mkv", codec="ffv1")
    >>> distorted = write_clip(folder / "distorted.mp4", options={"crf": "35"})
"""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

from vmafx_core.errors import UsageError
from vmafx_core.notice import counted

_DEFAULT_OPTIONS = {
    "libx264": {"crf": "20"},
    "libx265": {"crf": "20", "x265-params": "log-level=none"},
}
# With AVX-512, x264's macroblock tree encodes the same pictures differently from run to run.
_SAME_EACH_TIME = {"libx264": {"x264-params": "asm=sse4.2"}}


def picture(index: int, width: int, height: int, *, peak: int = 255) -> npt.NDArray[Any]:
    """A grey picture of moving waves; each index is clearly different from its neighbours.

    Args:
        index: Which picture.
        width: Samples across.
        height: Lines.
        peak: The sample value of white; above 255 the samples have 16 bits.

    Returns:
        The samples, shape (height, width).
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = (
        np.sin((x + 5.0 * index) / 11.0)
        + np.sin((y - 3.0 * index) / 7.0)
        + np.sin((x + y + 2.0 * index) / 23.0)
    )
    dtype = np.uint8 if peak <= 255 else np.uint16
    scaled = (waves + 3.0) / 6.0 * 0.8 + 0.1 + 0.05 * np.sin(index / 3.0)
    return np.asarray(np.clip(scaled * peak, 0, peak), dtype)


def frame(index: int, width: int, height: int, pix_fmt: str = "yuv420p") -> av.VideoFrame:
    """A frame with that picture, in FFmpeg's name of a pixel format."""
    gray = av.VideoFrame.from_ndarray(picture(index, width, height), format="gray")
    return gray.reformat(format=pix_fmt)


def write_clip(
    path: Path,
    *,
    frames: int = 30,
    width: int = 320,
    height: int = 240,
    first: int = 0,
    shown: Sequence[int] | None = None,
    timed: Sequence[int] | None = None,
    rate: Fraction | int = 25,
    ticks: int | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
) -> Path:
    """Encode a clip; returns its path.

    Args:
        path: The file to write; its ending says the container.
        frames: How many pictures.
        width: Samples across.
        height: Lines.
        first: The number of the first picture.
        shown: The numbers of the pictures instead.
        timed: The times of the pictures, in frames, or in `ticks`; None for one a frame.
        rate: Frames a second.
        ticks: Parts of a second that times are told in.
        codec: FFmpeg's name of the encoder.
        pix_fmt: FFmpeg's name of the pixel format.
        options: Options of the encoder; None for a crf of 20 where it has one.
        container_options: Options of the container.

    Raises:
        UsageError: There are not as many times as pictures.
    """
    pictures = range(first, first + frames) if shown is None else shown
    times = range(len(pictures)) if timed is None else timed
    if len(times) != len(pictures):
        raise UsageError(f"{len(times)} times for {counted(len(pictures), 'picture')}")
    with av.open(str(path), "w", container_options=container_options) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=Fraction(rate)))
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.codec_context.thread_count = 1
        time_base = stream.codec_context.time_base = 1 / Fraction(ticks or rate)
        wanted = _DEFAULT_OPTIONS.get(codec, {}) if options is None else options
        stream.options = {**_SAME_EACH_TIME.get(codec, {}), **wanted}
        for index, time in zip(pictures, times, strict=True):
            picture_frame = frame(index, width, height, pix_fmt)
            picture_frame.pts = time
            picture_frame.time_base = time_base
            container.mux(stream.encode(picture_frame))
        container.mux(stream.encode(None))
    return path
