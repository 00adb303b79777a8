"""Handing decoded pictures to libvmaf: one copy, plane by plane."""

from typing import Any

import av
import numpy as np

from vmafx_core.libvmaf.library import Library
from vmafx_core.media.types import Chroma, PictureFormat

PIXEL_FORMATS = {Chroma.C420: 1, Chroma.C422: 2, Chroma.C444: 3, Chroma.GRAY: 4}


def fill(library: Library, picture: Any, frame: av.VideoFrame, form: PictureFormat) -> None:
    """Copy a frame's planes into a VmafPicture of the same form.

    Args:
        library: The opened library.
        picture: A VmafPicture* whose buffers are allocated.
        frame: A frame of the same size and depth; its chroma may be more than `form` has.
        form: Size, chroma and depth of the picture.
    """
    bytes_a_sample = 1 if form.depth == 8 else 2
    count = 1 if form.chroma is Chroma.GRAY else 3
    for i, plane in enumerate(frame.planes[:count]):
        height, stride = picture.h[i], picture.stride[i]
        row = picture.w[i] * bytes_a_sample
        target = np.frombuffer(
            library.ffi.buffer(picture.data[i], stride * height), dtype=np.uint8
        ).reshape(height, stride)
        source = np.frombuffer(plane, dtype=np.uint8, count=plane.line_size * height)
        # numpy lets other threads run while it copies.
        np.copyto(target[:, :row], source.reshape(height, plane.line_size)[:, :row])
