"""Memory: the peak of a long pair against that of a pair of one minute."""

from collections.abc import Iterator
from statistics import median

from bench import material
from bench.measure import Figure, Settings, run
from bench.programs import MODELS, ours

_MODEL = MODELS[1]
_BOUND = 1.05
# How much is read ahead while the program loads, and so the peak of one and the same run, varies.
_SHORT_RUNS = 3


def _peak(minutes: int) -> float:
    reference = material.repeated(material.hd_distorted(26), minutes)
    distorted = material.repeated(material.hd_distorted(34), minutes)
    return run(ours(reference, distorted, model=_MODEL)).peak


def measure(settings: Settings) -> Iterator[Figure]:
    """The ratio of the largest resident sets, at 1080p."""
    short = median(_peak(1) for _ in range(_SHORT_RUNS))
    long = _peak(settings.minutes)
    what = f"peak memory, {settings.minutes} minutes / 1 minute of 1080p"
    yield Figure(what, long / short, _BOUND, f"({long:.0f} MiB / {short:.0f} MiB)")
