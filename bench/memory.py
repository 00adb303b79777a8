"""Memory: the peak of a long pair against that of a pair of one minute."""

from collections.abc import Iterator

from bench import material
from bench.measure import Figure, Settings, run
from bench.programs import MODELS, ours

_MODEL = MODELS[1]
_BOUND = 1.05  # the peak of one and the same run varies by a few percent


def _peak(minutes: int) -> float:
    reference = material.repeated(material.hd_distorted(26), minutes)
    distorted = material.repeated(material.hd_distorted(34), minutes)
    return run(ours(reference, distorted, model=_MODEL)).peak


def measure(settings: Settings) -> Iterator[Figure]:
    """The ratio of the largest resident sets, at 1080p."""
    short, long = _peak(1), _peak(settings.minutes)
    what = f"peak memory, {settings.minutes} minutes / 1 minute of 1080p"
    yield Figure(what, long / short, _BOUND, f"({long:.0f} MiB / {short:.0f} MiB)")
