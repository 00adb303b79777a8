"""Four distorted files in one call against four runs of FFmpeg."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench import material
from bench.measure import Figure, Settings, ratio, wall
from bench.programs import MODELS, ours, theirs

_BOUNDS = dict(zip(MODELS, (0.95, 0.90), strict=True))
_BOUND_EXPENSIVE = 0.75
_SCALE_DOWN = "[0:v]format=yuv420p10le[d];[1:v]scale=1920:1080:flags=bicubic[r]"


def _one_call(reference: Path, distorted: list[Path], model: str, options: list[str]) -> float:
    return wall(ours(reference, *distorted, model=model, options=options))


def _four_runs(reference: Path, distorted: list[Path], model: str, filters: str) -> float:
    return sum(wall(theirs(reference, d, model=model, filters=filters)) for d in distorted)


def measure(settings: Settings) -> Iterator[Figure]:
    """Ratios of wall time: an ordinary reference, then one that is dear to decode and scale."""
    distorted = [material.hd_distorted(crf) for crf in (26, 30, 34, 38)]
    hd = material.hd()
    for model in MODELS:
        measured, note = ratio(
            partial(_one_call, hd, distorted, model, []),
            partial(_four_runs, hd, distorted, model, ""),
            settings.rounds,
        )
        yield Figure(f"four at once, 1080p, {model}", measured, _BOUNDS[model], note)

    uhd, model = material.uhd(), MODELS[1]
    short = [material.cut(path, material.FRAMES // 2) for path in distorted]
    measured, note = ratio(
        partial(_one_call, uhd, short, model, ["--size", "1920x1080"]),
        partial(_four_runs, uhd, short, model, _SCALE_DOWN),
        settings.rounds,
    )
    yield Figure(f"four at once, 2160p HEVC reference, {model}", measured, _BOUND_EXPENSIVE, note)
