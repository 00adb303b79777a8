"""What models see in pictures: one number for a pair of them."""

from collections.abc import Callable, Mapping

import av
import numpy as np

from vmafx_core.backends.description import Role
from vmafx_core.backends.pictures import luma_of, tensor_of
from vmafx_core.backends.session import Session
from vmafx_core.errors import WorkError
from vmafx_core.scoring.result import Scores

# The PSNR of equal pictures, as libvmaf has it at 8 bits.
_MOST_PSNR = 60.0

View = Callable[[Session, av.VideoFrame, av.VideoFrame, float], float]
"""Takes a model, the reference, the distorted picture and the peak of their samples."""


def saliency_map(session: Session, picture: av.VideoFrame) -> Scores:
    """Where people look in a picture, as a model tells: a weight a sample of luma.

    Raises:
        WorkError: The model failed.
    """
    given = session.run([tensor_of(picture, session.model.description, 0)])
    height, width = given.shape[-2:]
    if not given.size == height * width > 0 or (given < 0).any():
        raise WorkError(
            f"model {session.model.entry.id}: gives no map of where people look",
            "That is one plane of weights, none below 0.",
        )
    # Each sample's weight is that of the nearest one of the map.
    rows = np.arange(picture.height) * height // picture.height
    columns = np.arange(picture.width) * width // picture.width
    weights: Scores = given.reshape(height, width)[np.ix_(rows, columns)].astype(np.float64)
    return weights


def _weighted_psnr(
    session: Session, reference: av.VideoFrame, distorted: av.VideoFrame, peak: float
) -> float:
    """PSNR of luma, each sample's error weighted by where people look in the reference."""
    weights = saliency_map(session, reference)
    errors = (luma_of(reference) - luma_of(distorted)) ** 2
    total = float(weights.sum())
    error = float((weights * errors).sum()) / total if total > 0 else float(errors.mean())
    most = _MOST_PSNR + 20 * np.log10((peak + 1) / 256)
    return float(min(10 * np.log10(peak**2 / error), most)) if error > 0 else float(most)


def _quality(session: Session, _: av.VideoFrame, distorted: av.VideoFrame, __: float) -> float:
    return _number(session, distorted)


def _distance(
    session: Session, reference: av.VideoFrame, distorted: av.VideoFrame, _: float
) -> float:
    return _number(session, reference, distorted)


def _number(session: Session, *pictures: av.VideoFrame) -> float:
    described = session.model.description
    given = session.run([tensor_of(frame, described, i) for i, frame in enumerate(pictures)])
    if given.size != 1:
        raise WorkError(
            f"model {session.model.entry.id}: gives {given.size} numbers for a frame",
            "It should give one.",
        )
    return float(given.item())


def _residual(session: Session, _: av.VideoFrame, distorted: av.VideoFrame, __: float) -> float:
    """The mean absolute difference between a picture and what a filter makes of it."""
    picture = tensor_of(distorted, session.model.description, 0)
    filtered = session.run([picture])
    if filtered.shape != picture.shape:
        raise WorkError(
            f"model {session.model.entry.id}: makes {filtered.shape} of {picture.shape}",
            "A filter's pictures must keep their size.",
        )
    return float(np.abs(filtered - picture).mean())


VIEWS: Mapping[Role, View] = {
    Role.QUALITY: _quality,
    Role.DISTANCE: _distance,
    Role.SALIENCY: _weighted_psnr,
    Role.FILTER: _residual,
}
"""How models that see pictures give a number, by how they are used."""
