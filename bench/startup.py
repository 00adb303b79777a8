"""Start-up: against a typer program that does nothing, and what a short clip costs on top."""

import statistics
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import material
from bench.alone import alone
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import MODELS, VMAFX, ours

_EMPTY = str(Path(__file__).with_name("empty.py"))
_BOUND = 1.3
_BOUND_SECONDS = 0.5


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios of wall time, and the seconds that a clip of one second takes besides its work."""
    for option, peer in (("--version", []), ("--help", ["--help"])):
        measured, note = ratio(
            partial(wall, [VMAFX, option]),
            partial(wall, [sys.executable, _EMPTY, *peer]),
            4 * settings.rounds,
        )
        yield Figure(f"vmafx {option} / empty typer program", measured, _BOUND, note)

    reference = material.cut(material.hd(), 24)
    distorted = material.cut(material.hd_distorted(30), 24)
    for model in MODELS:
        command = ours(reference, distorted, model=model)
        wall(command)
        overhead = [
            wall(command) - alone(reference, distorted, model=model).wall
            for _ in range(settings.rounds)
        ]
        what = f"seconds on top for one second of 1080p, {model}"
        yield Figure(what, statistics.median(overhead), _BOUND_SECONDS)
