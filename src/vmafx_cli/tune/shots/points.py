"""What is measured of every shot, and what follows from it."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmafx_cli.tune.shots.allocation import (
    Curve,
    Measured,
    allocate,
    interpolated_curve,
    measured_curve,
    uniform,
)
from vmafx_cli.tune.shots.film import Film, Shot
from vmafx_core.arguments import check_number
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.probing.events import Probed, Probing, TuneEvent
from vmafx_core.probing.parallel import Job, Running, run_jobs
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.request import Measuring
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement

_LIKELY_PROBES_A_SHOT = 5
_ROUNDING = 1e-9

type Values = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """What values for all shots come to.

    Attributes:
        bits: Bits of the video.
        score: Mean of the target's metric over all frames.
        worst: The score of the worst shot.
    """

    bits: float
    score: float
    worst: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """What shots are to reach, in the metric of the target.

    Attributes:
        target: The target.
        every_shot: Whether each shot by itself is to reach it, or their mean.
        floor: What no shot may miss; None for no such bound.
    """

    target: Requirement
    every_shot: bool = False
    floor: float | None = None

    def __post_init__(self) -> None:
        """Refuse a floor that is no number.

        Raises:
            UsageError: It is none.
        """
        check_number("floor", self.floor)

    @property
    def sign(self) -> float:
        """What scores are multiplied by so that more is better."""
        return -1.0 if self.target.operator in {"<", "<="} else 1.0

    @property
    def mean(self) -> float:
        """What the mean is to reach, times `sign`."""
        return -np.inf if self.every_shot else self.sign * self.target.value

    @property
    def least(self) -> float | None:
        """What each shot is to reach, times `sign`."""
        if self.every_shot:
            return self.sign * self.target.value
        return None if self.floor is None else self.sign * self.floor

    def raised(self, planned: Totals, measured: Totals) -> "Bounds":
        """The same bounds, with a target that is better by what a plan promised too much."""
        worst, mean = planned.worst - measured.worst, planned.score - measured.score
        more = worst if self.every_shot else mean
        return replace(self, target=replace(self.target, value=self.target.value + more))

    def met(self, totals: Totals, tolerance: float = _ROUNDING) -> bool:
        """Whether all of it is reached, within a tolerance."""
        worst, score = self.sign * totals.worst, self.sign * totals.score
        enough = self.least is None or worst >= self.least - tolerance
        return enough and score >= self.mean - tolerance


class ShotPoints:
    """The measured points of every shot of a film.

    Args:
        film: The film.
        setting: What it is encoded with, but for the quality.
        values: All values of the knob, from the finest to the coarsest.
        measuring: How shots are measured.
        prober: Where.

    Attributes:
        probes: How many points were asked for, those from the cache among them.
    """

    def __init__(
        self,
        film: Film,
        setting: EncodeSetting,
        values: Values,
        measuring: Measuring,
        prober: Prober,
    ) -> None:
        self._prober = prober
        self.probes = 0
        self._film = film
        self._setting = setting
        self._values = values
        self._measuring = measuring
        self._points: list[dict[float, Point]] = [{} for _ in film.shots]

    def probe(self, wanted: Sequence[Collection[float]]) -> Generator[TuneEvent[Any], None, bool]:
        """Measure the values wanted of each shot; returns whether one was not measured yet."""
        missing = [
            [value for value in self._values if value in values and value not in points]
            for values, points in zip(wanted, self._points, strict=True)
        ]
        shots = [i for i, values in enumerate(missing) if values]
        if not shots:
            return False
        workers, threads = self._prober.share(len(shots), self._measuring.threads)
        measuring = replace(self._measuring, threads=threads)
        jobs = [self._job(self._film.shots[i], missing[i], measuring) for i in shots]
        running = run_jobs(jobs, workers)
        likely = self.probes + sum(map(len, missing))
        likely = max(likely, _LIKELY_PROBES_A_SHOT * len(self._points))
        try:
            while True:
                match next(running):
                    case Probing(setting):
                        self.probes += 1
                        yield Probing(setting, self.probes, likely)
                    case Probed() | Told() as event:
                        yield event
        except StopIteration as end:
            measured: list[list[Point]] = end.value
        finally:
            running.close()
        for i, points in zip(shots, measured, strict=True):
            self._points[i] |= {point.setting.quality: point for point in points}
        return True

    def points(self, shot: int) -> tuple[Point, ...]:
        """All that was measured of one shot, from the finest value to the coarsest."""
        found = self._points[shot]
        return tuple(found[value] for value in self._values if value in found)

    def best(self, bounds: Bounds, *, measured: bool) -> Values:
        """The value for each shot with which they meet the bounds at the fewest bits.

        Where nothing meets them, the best that there is. Either only measured values count, or
        those between them and a little beyond as well.
        """
        curves = self._curves(bounds, measured=measured)
        finest = tuple(curve.values[int(np.argmax(curve.scores))] for curve in curves)
        return allocate(curves, bounds.mean, bounds.least) or finest

    def single(self, bounds: Bounds, *, measured: bool) -> float | None:
        """The one value for all shots that does so; None where none meets the bounds."""
        curves = self._curves(bounds, measured=measured)
        return uniform(curves, bounds.mean, bounds.least)

    def totals(self, values: Values, bounds: Bounds) -> Totals:
        """What measured values come to."""
        return _sum(self._curves(bounds, measured=True), values, bounds.sign)

    def bits_of_single(self, score: float, bounds: Bounds) -> float | None:
        """Bits with which one value for all shots, could it be any number, has a mean score.

        Interpolated between neighbouring values; None where the score is beyond them.
        """
        curves = self._curves(bounds, measured=False)
        shared = [v for v in curves[0].values if all(v in curve.values for curve in curves)]
        lines = [_sum(curves, (value,) * len(curves), bounds.sign) for value in shared]
        lines.sort(key=lambda line: line.score)
        if not lines or not lines[0].score <= score <= lines[-1].score:
            return None
        scores, bits = [line.score for line in lines], [line.bits for line in lines]
        return float(np.exp2(np.interp(score, scores, np.log2(bits))))

    def _job(self, shot: Shot, values: Sequence[float], measuring: Measuring) -> Job[list[Point]]:
        sampling = measuring.sampling
        window = self._film.window(shot, None if sampling.whole else sampling.seconds)

        def work(running: Running) -> list[Point]:
            measurer = running.tell_all(
                self._prober.prepared(self._film.spec, measuring, (window,))
            )
            points = []
            for value in values:
                setting = replace(self._setting, quality=value)
                running.tell(Probing(setting, 0, 0))  # numbered by whoever sees all jobs
                points.append(running.tell_all(measurer.probe(setting)))
            return [*measurer.known(self._setting), *points]

        return work

    def _curves(self, bounds: Bounds, *, measured: bool) -> list[Curve]:
        curves = []
        for i, shot in enumerate(self._film.shots):
            found = {
                point.setting.quality: Measured(
                    point.bit_rate * shot.duration,
                    bounds.sign * point.value(bounds.target),
                )
                for point in self.points(i)
            }
            if measured:
                curves.append(measured_curve(shot.frames, found))
            else:
                curves.append(interpolated_curve(shot.frames, self._values, found))
        return curves


def _sum(curves: Sequence[Curve], values: Values, sign: float) -> Totals:
    at = [curve.at(value) for curve, value in zip(curves, values, strict=True)]
    return Totals(
        bits=sum(bits for bits, _ in at),
        score=sign * float(np.average([s for _, s in at], weights=[c.frames for c in curves])),
        worst=sign * min(score for _, score in at),
    )
