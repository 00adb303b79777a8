"""From decoded pictures to those that a player would show: cropping and rotation metadata."""

import struct

import av
from av.sidedata.sidedata import Type
from av.video.stream import VideoStream

from vmafx_core.errors import UsageError
from vmafx_core.media.locations import name_of
from vmafx_core.media.types import Crop, Deinterlace, InputSpec

# Clockwise degrees and filters for each way the display matrix can turn or mirror a picture, by
# the signs of its two entries that matter: the diagonal's where it does not swap the axes,
# (row 1 column 2, row 2 column 1) where it does.
_UPRIGHT = {
    (1, 1): (0, ""),
    (-1, 1): (0, "hflip"),
    (1, -1): (0, "vflip"),
    (-1, -1): (180, "vflip,hflip"),
}
_SWAPPED = {
    (1, -1): (90, "transpose=clock"),
    (-1, 1): (270, "transpose=cclock"),
    (1, 1): (270, "transpose=cclock_flip"),
    (-1, -1): (90, "transpose=clock_flip"),
}


def display_turn(stream: VideoStream, frame: av.VideoFrame) -> tuple[int, str]:
    """Clockwise degrees by which pictures are turned for display, and the filters that do it."""
    matrix = _display_matrix(stream, frame)
    if matrix is None or len(matrix) < 36:
        return 0, ""
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    if abs(b) > abs(a):
        return _SWAPPED[_sign(b), _sign(c)]
    return _UPRIGHT[_sign(a), _sign(d)]


def container_crop(stream: VideoStream, frame: av.VideoFrame) -> Crop | None:
    """The part of each picture that the container says is to be shown; None for all of it."""
    data = stream.codec_context.coded_side_data.get("frame_cropping")
    if data is None or len(data) < 16:
        return None
    top, bottom, left, right = struct.unpack("<4I", data[:16])
    width, height = frame.width - left - right, frame.height - top - bottom
    if (width, height) == (frame.width, frame.height) or width <= 0 or height <= 0:
        return None
    return Crop(width, height, left, top)


def crop_filter(crop: Crop) -> str:
    """The libavfilter syntax of a crop, exact to the sample."""
    return f"crop={crop.width}:{crop.height}:{crop.x}:{crop.y}:exact=1"


def check_crop(spec: InputSpec, width: int, height: int) -> None:
    """Check that the crop asked for lies inside pictures of this size.

    Raises:
        UsageError: It does not.
    """
    crop = spec.crop
    if crop is None:
        return
    inside = crop.x + crop.width <= width and crop.y + crop.height <= height
    if not inside or min(crop.width, crop.height) <= 0 or min(crop.x, crop.y) < 0:
        raise UsageError(
            f"{name_of(spec.location)}: a crop of {crop.width}x{crop.height} at "
            f"{crop.x},{crop.y} does not lie inside {width}x{height}",
            "Give width, height, x and y of a rectangle inside the picture.",
        )


def deinterlacer(spec: InputSpec, *, interlaced: bool) -> str:
    """The filter that deinterlaces flagged pictures, one for one; empty where none is wanted."""
    wanted = interlaced and spec.deinterlace is Deinterlace.AUTO
    return "bwdif=mode=send_frame:deint=interlaced" if wanted else ""


def _display_matrix(stream: VideoStream, frame: av.VideoFrame) -> bytes | None:
    if Type.DISPLAYMATRIX in frame.side_data:
        return bytes(frame.side_data[Type.DISPLAYMATRIX])
    return stream.codec_context.coded_side_data.get("display_matrix")


def _sign(value: int) -> int:
    return -1 if value < 0 else 1
