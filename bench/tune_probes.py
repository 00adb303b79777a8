"""Probes that searches need, and whether they end where trying every value does.

Clips are short and small, so that all values around the targets can be measured; none of them is
among those that the beliefs about curves were fitted to. Points are kept in out/bench: only the
first run takes long.
"""

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

from bench import material
from bench.measure import Figure, Settings
from bench.programs import FOLDER, convert
from vmafx_cli.tune.search.quality import Found, search
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.cache import CACHE_VARIABLE
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.measure import SampleMeasurer, prepared
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import meets, parse_target

_FRAMES = ("-frames:v", "40", "-an", "-pix_fmt", "yuv420p", "-c:v", "ffv1")
_SMALL = "scale=320:180:flags=bicubic"
_FLAT = "scale=320:136:flags=bicubic"
_CLIPS = {
    "bikes-1": ("bikes.mp4", ("-vf", _FLAT)),
    "bikes-2": ("bikes.mp4", ("-ss", "4.8", "-vf", "crop=320:180:100:40")),
    "bikes-3": ("bikes.mp4", ("-ss", "8", "-vf", _FLAT)),
    "carphone-1": ("carphone_pristine.mp4", ()),
    "carphone-2": ("carphone_pristine.mp4", ("-ss", "2")),
    "bunny-part": ("bigbuckbunny.mp4", ("-ss", "1.6", "-vf", f"crop=640:360:300:200,{_SMALL}")),
}
_SETTINGS = (
    EncodeSetting(encoder="libx264", quality=23, preset="medium"),
    EncodeSetting(encoder="libx265", quality=28, preset="medium"),
    EncodeSetting(encoder="libsvtav1", quality=35, preset="8"),
)
_TARGETS = range(80, 97)
_LEAST_SAME = 0.9
_MOST_COLD, _MOST_NEAR, _MOST_FAR = 3.5, 1.5, 2.5
# Of targets no further apart than this, one tells much of the other.
_NEAR = 8


@dataclass(frozen=True, slots=True)
class _Search:
    """One search: whether it ended as bisection does, missed its target, and what it took."""

    same: bool
    missed: bool
    probes: int


def measure(_: Settings) -> Iterator[Figure]:
    """The figures over all clips, targets and encoders, and the probes of each encoder."""
    os.environ[CACHE_VARIABLE] = str((FOLDER / "points").absolute())
    cold: dict[str, list[_Search]] = {}
    near: dict[str, list[_Search]] = {}
    far: dict[str, list[_Search]] = {}
    for name in _CLIPS:
        measurer = _end(prepared(InputSpec(location=str(_clip(name))), Measuring()))
        for setting in _SETTINGS:
            print(f"      {name}, {setting.encoder}", flush=True)
            case = _Case(measurer, setting)
            cold.setdefault(setting.encoder, []).extend(case.cold())
            near.setdefault(setting.encoder, []).extend(case.warm(range(1, _NEAR + 1)))
            far.setdefault(setting.encoder, []).extend(case.warm(range(_NEAR + 1, len(_TARGETS))))
    kinds = (
        ("cold", cold, _MOST_COLD),
        (f"knowing a target within {_NEAR}", near, _MOST_NEAR),
        ("knowing one further away", far, _MOST_FAR),
    )
    for kind, searches, bound in kinds:
        every = [s for some in searches.values() for s in some]
        yield Figure(f"targets missed as measured, {kind}", sum(s.missed for s in every), 0)
        other = 1 - fmean(s.same for s in every)
        yield Figure(f"searches ending on another step, {kind}", other, 1 - _LEAST_SAME)
        each = ", ".join(f"{e} {fmean(s.probes for s in some):.2f}" for e, some in searches.items())
        note = f"({len(every)} searches; {each}; at most {max(s.probes for s in every)})"
        yield Figure(f"mean probes, {kind}", fmean(s.probes for s in every), bound, note)


class _Case:
    """One clip and encoder."""

    def __init__(self, measurer: SampleMeasurer, setting: EncodeSetting) -> None:
        self._setting = setting
        self._measurer = measurer
        self._points = {p.setting.quality: p for p in measurer.known(setting)}
        self._found: dict[int, Found] = {}

    def cold(self) -> Iterator[_Search]:
        """A search for each target, knowing nothing."""
        for value in _TARGETS:
            self._found[value] = self._search(value, ())
            yield self._judged(value, self._found[value])

    def warm(self, apart: range) -> Iterator[_Search]:
        """A search for each target after one for each other target so far from it."""
        for before, found in self._found.items():
            for value in _TARGETS:
                if abs(value - before) in apart:
                    yield self._judged(value, self._search(value, found.points))

    def _search(self, value: int, known: tuple[Point, ...]) -> Found:
        target = parse_target(f"vmaf>={value}")
        return _end(search(self._setting, [target], self._probe, known=known))

    def _probe(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        if setting.quality not in self._points:
            self._points[setting.quality] = yield from self._measurer.probe(setting)
        return self._points[setting.quality]

    def _judged(self, value: int, found: Found) -> _Search:
        target = parse_target(f"vmaf>={value}")
        pick = found.pick
        missed = pick is not None and not meets(target, pick.value(target))
        quality = pick.setting.quality if pick else None
        return _Search(quality == self._bisected(value), missed, found.probes)

    def _bisected(self, value: int) -> float | None:
        """The coarsest value that meets a target, by bisection over all values."""
        target = parse_target(f"vmaf>={value}")
        values = find_encoder(self._setting.encoder).knob.values()
        low, high = -1, len(values)
        while high - low > 1:
            middle = (low + high) // 2
            point = _end(self._probe(replace(self._setting, quality=values[middle])))
            if meets(target, point.value(target)):
                low = middle
            else:
                high = middle
        return values[low] if low >= 0 else None


def _clip(name: str) -> Path:
    source, options = _CLIPS[name]
    return convert(material.real(source), FOLDER / f"tune-{name}.mkv", *options, *_FRAMES)


def _end[Result](running: Generator[TuneEvent[Any], None, Result]) -> Result:
    while True:
        try:
            next(running)
        except StopIteration as end:
            result: Result = end.value
            return result
