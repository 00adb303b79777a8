"""What models see in pictures: one number for each pair of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import batched

import av
import numpy as np

from vmafx_core.backends.pictures import luma_of, tensor_of
from vmafx_core.backends.role import Role
from vmafx_core.backends.session import Session, Values
from vmafx_core.errors import WorkError
from vmafx_core.scoring.result import Scores

# The PSNR of equal pictures, as libvmaf has it at 8 bits.
_MOST_PSNR = 60.0

Pictures = Sequence[av.VideoFrame]
View = Callable[[Session, Pictures, Pictures, float], Iterator[float]]
"""Takes a model, pictures of the reference, the distorted ones and the peak of their samples."""


def saliency_maps(session: Session, pictures: Pictures) -> Iterator[Scores]:
    """Where people look in pictures, as a model tells: a weight a sample of luma.

    Raises:
        WorkError: The model failed.
    """
    for picture, (_, given) in zip(pictures, _fed(session, pictures), strict=True):
        height, width = given.shape[-2:]
        if not given.size == height * width > 0 or (given < 0).any():
            raise WorkError(
                f"model {session.model.entry.id}: gives no map of where people look",
                "That is one plane of weights, none below 0.",
            )
        # Each sample's weight is that of the nearest one of the map.
        rows = np.arange(picture.height) * height // picture.height
        columns = np.arange(picture.width) * width // picture.width
        yield given.reshape(height, width)[np.ix_(rows, columns)].astype(np.float64)


def _weighted_psnr(
    session: Session, reference: Pictures, distorted: Pictures, peak: float
) -> Iterator[float]:
    """PSNR of luma, each sample's error weighted by where people look in the reference."""
    maps = saliency_maps(session, reference)
    most = _MOST_PSNR + 20 * np.log10((peak + 1) / 256)
    for one, other, weights in zip(reference, distorted, maps, strict=True):
        errors = (luma_of(one) - luma_of(other)) ** 2
        total = float(weights.sum())
        error = float((weights * errors).sum()) / total if total > 0 else float(errors.mean())
        yield float(min(10 * np.log10(peak**2 / error), most)) if error > 0 else float(most)


def _quality(session: Session, _: Pictures, distorted: Pictures, __: float) -> Iterator[float]:
    return _numbers(session, distorted)


def _distance(
    session: Session, reference: Pictures, distorted: Pictures, _: float
) -> Iterator[float]:
    return _numbers(session, reference, distorted)


def _numbers(session: Session, *sides: Pictures) -> Iterator[float]:
    for _, given in _fed(session, *sides):
        if given.size != 1:
            raise WorkError(
                f"model {session.model.entry.id}: gives {given.size} numbers for a frame",
                "It should give one.",
            )
        yield float(given.item())


def _residual(session: Session, _: Pictures, distorted: Pictures, __: float) -> Iterator[float]:
    """The mean absolute difference between a picture and what a filter makes of it."""
    for (picture,), filtered in _fed(session, distorted):
        if filtered.shape != picture.shape:
            raise WorkError(
                f"model {session.model.entry.id}: makes {filtered.shape} of {picture.shape}",
                "A filter's pictures must keep their size.",
            )
        yield float(np.abs(filtered - picture).mean())


def _fed(session: Session, *sides: Pictures) -> Iterator[tuple[Sequence[Values], Values]]:
    """What goes into a model and comes out of it, for each picture or pair of them."""
    described = session.model.description
    count = session.at_once(sides[0][0].width, sides[0][0].height)
    for some in batched(zip(*sides, strict=True), count):
        # Providers compile models, or choose how to compute, for every number of pictures anew.
        filled = (*some, *(some[-1:] * (count - len(some))))
        inputs = [tensor_of(side, described, i) for i, side in enumerate(zip(*filled, strict=True))]
        given = session.run(inputs)
        if count == 1:
            yield inputs, given
            continue
        if given.shape[:1] != (count,):
            raise WorkError(
                f"model {session.model.entry.id}: gives {given.shape} for {count} pictures",
                "Its first dimension should be theirs.",
            )
        for i in range(len(some)):
            yield [values[i : i + 1] for values in inputs], given[i : i + 1]


VIEWS: Mapping[Role, View] = {
    Role.QUALITY: _quality,
    Role.DISTANCE: _distance,
    Role.SALIENCY: _weighted_psnr,
    Role.FILTER: _residual,
}
"""How models that see pictures give a number, by how they are used."""
