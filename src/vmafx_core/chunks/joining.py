"""Joining encodes of consecutive parts of a source into one video, without encoding again.

Each part begins with a key frame and refers to no other, so that its packets can follow those of
the part before. Their times are set anew from the source's, to the tick: containers on the way may
have rounded them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, WorkError
from vmafx_core.packaging.streams import add_copy

# What makes an encoder write the same headers whatever the quality and the pictures are.
_STEADY_HEADERS = {
    "libx264": ("x264-params", "stitchable=1"),
    "libx265": ("x265-params", "info=0"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """The encode of one part.

    Attributes:
        path: The file; its only video stream is joined.
        frames: How many frames it must have.
    """

    path: Path
    frames: int


def joinable(setting: EncodeSetting) -> EncodeSetting:
    """The setting, with what parts need so that they can be joined."""
    if setting.encoder not in _STEADY_HEADERS:
        return setting
    return replace(setting, options=(*setting.options, _STEADY_HEADERS[setting.encoder]))


def join(
    parts: Sequence[Part], times: Sequence[int], time_base: Fraction, end: int, path: Path
) -> int:
    """Write the video of all parts to one file; returns the bytes of its video.

    Args:
        parts: The parts, in order.
        times: Timestamps of all frames, in order of display.
        time_base: Seconds that one tick of `times` is.
        end: Timestamp at which the last frame ends.
        path: The file to write, in the container of its ending, which must keep times exactly:
            MP4 or MOV.

    Raises:
        ComponentError: The encoder wrote headers that do not fit together.
        WorkError: A part does not have the frames it should have, or writing failed.
    """
    order = np.concatenate([_order(part) for part in parts])
    order += np.repeat(np.cumsum([0, *(p.frames for p in parts[:-1])]), [p.frames for p in parts])
    shown = np.array([*times, end], np.int64)
    # How many frames a picture is decoded before it is shown, at most.
    delay = int((np.arange(order.size) - order).max())
    before = shown[0] - (shown[1] - shown[0]) * np.arange(delay, 0, -1)
    stamps = zip(
        shown[order].tolist(),
        np.concatenate([before, shown])[: order.size].tolist(),
        np.diff(shown)[order].tolist(),
        strict=True,
    )
    video_bytes = 0
    try:
        with av.open(f"file:{path}", "w") as out:
            for packet in _packets(parts, out, time_base):
                packet.pts, packet.dts, packet.duration = next(stamps)
                packet.time_base = time_base
                video_bytes += packet.size
                out.mux(packet)
    except (av.FFmpegError, OSError) as error:
        raise WorkError(
            f"cannot write {str(path)!r}: {error.strerror or error}",
            "Free some space or choose another place.",
        ) from error
    return video_bytes


def _packets(
    parts: Sequence[Part], out: av.container.OutputContainer, time_base: Fraction
) -> Iterator["av.Packet[av.VideoStream]"]:
    """The packets of all parts, in the order of decoding, for the one stream of `out`."""
    stream: av.VideoStream | None = None
    headers: bytes | None = None
    for part in parts:
        with av.open(f"file:{part.path}") as container:
            video = container.streams.video[0]
            if stream is None:
                stream = add_copy(out, video)
                stream.time_base = time_base
                headers = video.codec_context.extradata
            elif video.codec_context.extradata != headers:
                raise ComponentError(
                    f"{part.path.name}: its headers are not those of the first part",
                    "What this encoder writes cannot be joined: choose another one.",
                )
            for packet in container.demux(video):
                if packet.size:
                    packet.stream = stream
                    yield packet


def _order(part: Part) -> npt.NDArray[np.int64]:
    """Which frame of the part each packet shows, in the order of decoding.

    Raises:
        WorkError: The part is not what it should be.
    """
    try:
        with av.open(f"file:{part.path}") as container:
            packets = [
                (packet.pts or 0, packet.is_keyframe)
                for packet in container.demux(video=0)
                if packet.size
            ]
    except (av.FFmpegError, OSError) as error:
        raise WorkError(f"{part.path.name}: cannot be read: {error.strerror or error}") from error
    if len(packets) != part.frames or not packets[0][1]:
        raise WorkError(
            f"{part.path.name}: has {len(packets)} frames where {part.frames} were encoded, or "
            f"does not begin with a key frame",
            "Remove it and run the command again.",
        )
    return np.argsort(np.argsort([pts for pts, _ in packets]))
