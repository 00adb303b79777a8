"""How near the hull of few probes comes to that of every quality value at every resolution.

Both are measured on the same frames of short, small clips. Points are kept in out/bench, so that
only the first run takes long.
"""

import math
import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import material
from bench.measure import Figure, Settings
from bench.programs import FOLDER
from vmafx_cli.tune.compare.bd import bd_rate
from vmafx_cli.tune.ladder.hull import Hull
from vmafx_cli.tune.ladder.hull_search import Ladder, search_ladder
from vmafx_cli.tune.ladder.rules import RungRules, Spacing
from vmafx_cli.tune.sizes import Size, ladder_sizes
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.cache import CACHE_VARIABLE
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.measure import SampleMeasurer, prepared
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.targets import parse_target

_MOST_EXCESS = 1.0
_MOST_SHARE = 0.25
_GOP = 100
_SAMPLING = Sampling(windows=1, seconds=1.6)
_TOPS = ("95", "90")


@dataclass(frozen=True, slots=True)
class _Case:
    """A clip, shown at a size, and what it is encoded with."""

    clip: str
    display: Size
    heights: tuple[int, ...]
    setting: EncodeSetting


_X264 = EncodeSetting(encoder="libx264", quality=23, preset="veryfast", keyframe_interval=_GOP)
_X265 = EncodeSetting(encoder="libx265", quality=28, preset="ultrafast", keyframe_interval=_GOP)
_SVT = EncodeSetting(encoder="libsvtav1", quality=35, preset="10", keyframe_interval=_GOP)
_CASES = (
    _Case("bigbuckbunny.mp4", (480, 270), (270, 202, 136, 90), _X264),
    _Case("bigbuckbunny.mp4", (480, 270), (270, 202, 136, 90), _SVT),
    _Case("bikes.mp4", (480, 204), (204, 152, 102, 68), _X264),
    _Case("bikes.mp4", (480, 204), (204, 152, 102, 68), _X265),
)


def measure(_: Settings) -> Iterator[Figure]:
    """The excess of bits over the exhaustive hull, and the share of its encodes, a case each."""
    os.environ[CACHE_VARIABLE] = str((FOLDER / "points").absolute())
    for case in _CASES:
        measuring = Measuring(sampling=_SAMPLING, display=case.display)
        measurer = _end(prepared(InputSpec(location=str(_clip(case.clip))), measuring))
        sizes = _sizes(case, measurer)
        every = [_end(measurer.probe(s)) for s in _grid(case.setting, sizes)]
        points = {(p.setting.size, p.setting.quality): p for p in every}
        ladders = [
            _ladder(points, case, sizes, spacing, top) for spacing in Spacing for top in _TOPS
        ]
        excess = max(_excess(ladder, every) for ladder in ladders)
        share = max(len(ladder.points) / ladder.steps for ladder in ladders)
        what = f"{Path(case.clip).stem}, {case.setting.encoder}"
        probes = "/".join(str(len(ladder.points)) for ladder in ladders)
        yield Figure(f"{what}: BD-rate of the hull", excess, _MOST_EXCESS, "% at most")
        yield Figure(
            f"{what}: share of all encodes", share, _MOST_SHARE, f"({probes} of {len(every)})"
        )


def _clip(name: str) -> Path:
    """One of the shared clips, or a drawn one where these are not there."""
    clip = Path(os.environ.get("VMAFX_TEST_DATA", "../shared"), "media", name)
    return clip if clip.exists() else material.hd()


def _sizes(case: _Case, measurer: SampleMeasurer) -> tuple[Size, ...]:
    width, height = case.display
    shown = replace(measurer.sample.info, width=width, height=height)
    return ladder_sizes(case.heights, shown)[0]


def _grid(setting: EncodeSetting, sizes: tuple[Size, ...]) -> Iterator[EncodeSetting]:
    for size in sizes:
        for quality in find_encoder(setting.encoder).knob.values():
            yield replace(setting, size=size, quality=quality)


def _ladder(
    points: dict[tuple[Size | None, float], Point],
    case: _Case,
    sizes: tuple[Size, ...],
    spacing: Spacing,
    top: str,
) -> Ladder:
    def probe(setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        yield from ()
        return points[setting.size, setting.quality]

    rules = RungRules(spacing=spacing)
    return _end(search_ladder(case.setting, sizes, rules, parse_target(top), probe))


def _excess(ladder: Ladder, every: list[Point]) -> float:
    """Percent more bits than the exhaustive hull takes, over the range of the ladder's rungs."""
    whole = Hull.of([math.log2(p.bit_rate) for p in every], [_quality(p) for p in every])
    low, high = _quality(ladder.rungs[0]), _quality(ladder.rungs[-1])
    ours = [p for p in ladder.hull if low <= _quality(p) <= high]
    anchor = [every[i] for i in whole.members]
    return bd_rate(_curve(anchor), _curve(ours))


def _curve(points: list[Point]) -> tuple[list[float], list[float]]:
    return [p.bit_rate for p in points], [_quality(p) for p in points]


def _quality(point: Point) -> float:
    return point.metrics["vmaf"].pooled.mean


def _end[Result](events: Generator[TuneEvent[Any], None, Result]) -> Result:
    """What a generator returns when its events are passed over."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            result: Result = stop.value
            return result
