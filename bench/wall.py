"""Wall time of the whole process against FFmpeg's libvmaf filter with as many threads."""

from collections.abc import Iterator
from functools import partial

from bench import material
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import MODELS, ours, theirs


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios at 1080p, on ten seconds."""
    reference, distorted = material.hd(), material.hd_distorted(30)
    for model in MODELS:
        measured, note = ratio(
            partial(wall, ours(reference, distorted, model=model)),
            partial(wall, theirs(reference, distorted, model=model)),
            settings.rounds,
        )
        yield Figure(f"wall time, 1080p, {model}", measured, 1.00, note)
