"""Pictures as models take them: planes of float32, one picture after the other."""

from collections.abc import Iterable, Sequence

import av
import numpy as np
import numpy.typing as npt

from vmafx_core.backends.description import Description

Planes = npt.NDArray[np.float32]


def tensor_of(frames: Iterable[av.VideoFrame], description: Description, position: int) -> Planes:
    """Pictures of one size for one input of a model.

    Samples are brought to 0 to 1 over the full range, the model's mean is subtracted and its
    deviation divided by. Inputs of a fixed size get the picture scaled to it, bilinearly.

    Args:
        frames: The pictures.
        description: The model's.
        position: Which of its inputs.

    Returns:
        Shape (pictures, channels, height, width).
    """
    return np.stack([_planes(frame, description, position) for frame in frames], dtype=np.float32)


def _planes(frame: av.VideoFrame, description: Description, position: int) -> Planes:
    _, channels, height, width = description.inputs[position].shape
    scaled = frame.reformat(
        width=width or frame.width,
        height=height or frame.height,
        format="gray" if channels == 1 else "rgb24",
        dst_color_range="JPEG",
        interpolation="BILINEAR",
    )
    samples = scaled.to_ndarray().astype(np.float32) / np.float32(255)
    planes = samples[None] if channels == 1 else samples.transpose(2, 0, 1)
    if description.mean:
        planes = planes - _column(description.mean)
    if description.std:
        planes = planes / _column(description.std)
    return planes


def _column(values: Sequence[float]) -> Planes:
    return np.asarray(values, np.float32)[:, None, None]


def luma_of(frame: av.VideoFrame) -> npt.NDArray[np.float64]:
    """The luma samples of a picture that is scored, shape (height, width)."""
    plane = frame.planes[0]
    wide = frame.format.components[0].bits > 8
    kind, size = (np.uint16, 2) if wide else (np.uint8, 1)
    rows = np.frombuffer(plane, kind).reshape(plane.height, plane.line_size // size)
    return rows[:, : frame.width].astype(np.float64)
