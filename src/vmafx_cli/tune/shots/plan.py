"""One quality value for each shot: the plan by which a source is encoded shot by shot."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

from vmafx_cli.tune.shots.film import Film, Shot
from vmafx_cli.tune.shots.points import Bounds, ShotPoints, Totals, Values
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import check_targets

# Rounds of probing in which values that were not measured may be wished for.
_ROUNDS = 6
# How far the second value lies from the first, on a knob of 50 steps: as many as there are points
# of score from the target, within these bounds.
_LEAST_STEPS, _MOST_STEPS, _STEPS = 3.0, 10.0, 50.0

# Percent that are to be saved at least: encoders that begin anew with each shot lose as much.
_LEAST_SAVING = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotsRequest:
    """What is to be planned.

    Attributes:
        source: The video to encode.
        setting: What to encode it with; its quality is chosen for each shot.
        bounds: What the shots are to reach.
        measuring: How settings are measured.
    """

    source: InputSpec
    setting: EncodeSetting
    bounds: Bounds
    measuring: Measuring = field(default_factory=Measuring)


@dataclass(frozen=True, slots=True, eq=False)
class PlannedShot:
    """A shot, and how it is to be encoded.

    Attributes:
        shot: Where it is.
        point: What was measured for it at the chosen value.
        tried: All that was measured for it, from the finest value to the coarsest.
    """

    shot: Shot
    point: Point
    tried: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotPlan:
    """How a source is to be encoded, shot by shot.

    Attributes:
        request: What was asked for.
        film: The source and its shots.
        shots: Every shot with its value, in order.
        totals: What they come to.
        single: The one value for all shots that meets the bounds at the fewest bits; None where
            none does.
        single_totals: What that comes to, measured on the same frames.
        saving: Percent of bits saved against one value for all at the same mean score,
            interpolated between its neighbouring values (where every shot is to meet the target:
            against `single`); None where that cannot be told.
        uses_single: Whether all shots have the same value, because others save nothing that is
            worth it: every shot by itself costs its encoder a little.
        met: Whether the bounds are met by what was measured.
        why: The outcome in a sentence.
        probes: How many encodes were measured, those from the cache among them.
        seconds: Wall time.
    """

    request: ShotsRequest
    film: Film
    shots: tuple[PlannedShot, ...]
    totals: Totals
    single: float | None
    single_totals: Totals | None
    saving: float | None
    uses_single: bool
    met: bool
    why: str
    probes: int
    seconds: float

    @property
    def values(self) -> Values:
        """The value of each shot."""
        return tuple(planned.point.setting.quality for planned in self.shots)

    @property
    def pieces(self) -> tuple[PlannedShot, ...]:
        """What is encoded by itself: each shot, or all as one where they have the same value."""
        if not self.uses_single:
            return self.shots
        first = self.shots[0]
        return (PlannedShot(self.film.whole, first.point, first.tried),)


def check_shots_request(request: ShotsRequest) -> None:
    """Refuse what makes no sense, before any work is done.

    Raises:
        UsageError: The request contradicts itself, or nothing can meet the target.
    """
    bounds = request.bounds
    check_targets((bounds.target,), request.measuring, request.source)
    find_encoder(request.setting.encoder).check(request.setting)
    if bounds.target.pool != "mean" and not bounds.every_shot:
        raise UsageError(
            f"the target {bounds.target.text!r} is no mean, and bits are shared for a mean",
            "Let each shot meet it: --every-shot.",
        )
    if bounds.every_shot and bounds.floor is not None:
        raise UsageError(
            "a floor has no use where every shot is to meet the target",
            "Leave out --floor or --every-shot.",
        )


def shot_points(request: ShotsRequest, film: Film, prober: Prober) -> ShotPoints:
    """What measures the shots of a film at a prober; nothing is measured yet."""
    values = find_encoder(request.setting.encoder).knob.values()
    return ShotPoints(film, request.setting, values, request.measuring, prober)


def plan_film(
    request: ShotsRequest, film: Film, points: ShotPoints
) -> Generator[TuneEvent[Any], None, ShotPlan]:
    """Find a value for each shot; returns the plan.

    Args:
        request: What is to be planned.
        film: Its source, read.
        points: What was measured of it so far; grows.

    Yields:
        The events of every probe.

    Raises:
        ComponentError: The encoder or libvmaf is not usable here.
        WorkError: Encoding or scoring failed.
    """
    began = time.monotonic()
    yield from _measured(request, points, len(film.shots))
    return _plan(request, film, points, began)


def _measured(request: ShotsRequest, points: ShotPoints, shots: int) -> Generator[TuneEvent[Any]]:
    """Measure where to look, then how steep it is, then what would be best, until it is known."""
    knob, bounds = find_encoder(request.setting.encoder).knob, request.bounds
    values = knob.values()
    first = min(values, key=lambda value: abs(value - knob.default))
    yield from points.probe([{first}] * shots)
    spare = bounds.sign * (points.totals((first,) * shots, bounds).score - bounds.target.value)
    steps = min(max(abs(spare), _LEAST_STEPS), _MOST_STEPS) * len(values) / _STEPS
    index = values.index(first) + round(steps if spare > 0 else -steps)
    second = values[min(max(index, 0), len(values) - 1)]
    unknown = [len(points.points(shot)) < 2 for shot in range(shots)]
    yield from points.probe([{second} if few else set() for few in unknown])
    for _ in range(_ROUNDS):
        single = points.single(bounds, measured=False)
        best = points.best(bounds, measured=False)
        wanted = [{value} if single is None else {value, single} for value in best]
        if not (yield from points.probe(wanted)):
            return


def _plan(request: ShotsRequest, film: Film, points: ShotPoints, began: float) -> ShotPlan:
    """The plan by what was measured."""
    bounds = request.bounds
    values = points.best(bounds, measured=True)
    totals = points.totals(values, bounds)
    single = points.single(bounds, measured=True)
    alike: Values = values if single is None else (single,) * len(values)
    single_totals = None if single is None else points.totals(alike, bounds)
    if bounds.every_shot:
        other = single_totals.bits if single_totals else None
    else:
        other = points.bits_of_single(totals.score, bounds)
    saving = None if other is None else 100 * (1 - totals.bits / other)
    met = bounds.met(totals)
    uses_single = single_totals is not None and (
        totals.bits >= single_totals.bits or (saving is not None and saving < _LEAST_SAVING)
    )
    if uses_single and single_totals:
        values, totals, saving = alike, single_totals, 0.0
    planned_shots = []
    for i, (shot, value) in enumerate(zip(film.shots, values, strict=True)):
        tried = points.points(i)
        point = next(p for p in tried if p.setting.quality == value)
        planned_shots.append(PlannedShot(shot, point, tried))
    return ShotPlan(
        request=request,
        film=film,
        shots=tuple(planned_shots),
        totals=totals,
        single=single,
        single_totals=single_totals,
        saving=saving,
        uses_single=uses_single,
        met=met,
        why=_why(film, saving, met=met, uses_single=uses_single),
        probes=points.probes,
        seconds=time.monotonic() - began,
    )


def _why(film: Film, saving: float | None, *, met: bool, uses_single: bool) -> str:
    if not met:
        return "no values meet what is asked; these come nearest"
    if len(film.shots) == 1:
        return "there is one shot, so one value does for all of it"
    if uses_single:
        return "different values save next to nothing here, so all shots have the same"
    if saving is None:
        return "these values cost the least"
    return f"{saving:.1f} % fewer bits than one value for all shots at the same score"
