"""Pooling of per-frame scores over time.

The mean and the harmonic mean are libvmaf's own: the harmonic mean is taken over score + 1, so
that a score of 0 has a value. Percentiles are interpolated linearly between the two nearest
frames, as numpy's default and FFmpeg-based tools have them.
"""

import math
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Pooled:
    """The pooled values of one metric; fields are the pool names users write.

    Attributes:
        mean: Arithmetic mean.
        harmonic_mean: 1 / mean(1 / (x + 1)) - 1, as libvmaf has it; nan where a value is <= -1.
        median: The middle value.
        min: The lowest value.
        max: The highest value.
        stdev: Population standard deviation.
        p1: 1st percentile: 1 % of frames are below.
        p5: 5th percentile.
        p10: 10th percentile.
        p90: 90th percentile.
        worst1: Mean of the worst 1 % of frames (at least one): the lowest, or the highest of a
            metric of which less is better.
        worst5: Mean of the worst 5 % of frames.
    """

    mean: float
    harmonic_mean: float
    median: float
    min: float
    max: float
    stdev: float
    p1: float
    p5: float
    p10: float
    p90: float
    worst1: float
    worst5: float


POOL_NAMES = tuple(f.name for f in fields(Pooled))


def _harmonic_mean(values: npt.NDArray[np.float64]) -> float:
    if values.min() <= -1.0:
        return math.nan
    return float(1.0 / np.mean(1.0 / (values + 1.0)) - 1.0)


@np.errstate(invalid="ignore", divide="ignore")  # identical planes have an infinite PSNR-HVS
def pool(values: npt.NDArray[np.float64], *, lower_is_better: bool = False) -> Pooled:
    """Pool per-frame values.

    Args:
        values: One value a frame, shape (frames,), at least one.
        lower_is_better: Whether the worst frames are those with the highest values.

    Raises:
        ValueError: If there is no value.
    """
    if values.size == 0:
        raise ValueError("nothing to pool")
    ordered = np.sort(values)
    from_worst = ordered[::-1] if lower_is_better else ordered

    def worst(share: float) -> float:
        return float(from_worst[: max(1, round(share * ordered.size))].mean())

    def percentile(share: float) -> float:
        # As np.percentile, which loads a good part more of numpy. What is no number sorts last.
        if math.isnan(ordered[-1]):
            return math.nan
        place = share / 100 * (ordered.size - 1)
        below, above = float(ordered[int(place)]), float(ordered[math.ceil(place)])
        return below if below == above else below + (above - below) * (place % 1)

    return Pooled(
        mean=float(values.mean()),
        harmonic_mean=_harmonic_mean(values),
        median=percentile(50),
        min=float(ordered[0]),
        max=float(ordered[-1]),
        stdev=float(values.std()),
        p1=percentile(1),
        p5=percentile(5),
        p10=percentile(10),
        p90=percentile(90),
        worst1=worst(0.01),
        worst5=worst(0.05),
    )
