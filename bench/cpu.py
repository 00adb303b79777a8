"""CPU time of the whole process against decoding both files plus libvmaf, each alone."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import material
from bench.alone import alone
from bench.measure import Figure, Settings, cpu, ratio
from bench.programs import MODELS, ours


def _unavoidable(reference: Path, distorted: Path, model: str) -> float:
    return alone(reference, distorted, model=model).cpu


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios at 1080p, on ten seconds."""
    reference, distorted = material.hd(), material.hd_distorted(30)
    for model in MODELS:
        measured, note = ratio(
            partial(cpu, ours(reference, distorted, model=model)),
            partial(_unavoidable, reference, distorted, model),
            settings.rounds,
        )
        yield Figure(f"CPU time, 1080p, {model}", measured, 1.03, note)
