"""Comparing encoders on one source: each meets the same targets, or draws its whole curve."""

import time
from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

from vmafx_cli.tune.compare.bd import EVERYWHERE
from vmafx_cli.tune.compare.comparison import Comparison, Contender, labels
from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_cli.tune.search.quality import search
from vmafx_cli.tune.search.spread import Span, spread
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import ComponentError, UsageError, VmafxError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice, warning
from vmafx_core.probing.events import Done, Probing, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Measurer, Prober
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import check_targets, meets
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement

# Probes that a search for targets is likely to take, once there is a curve and before.
_KNOWING, _COLD = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareRequest:
    """What is compared.

    Attributes:
        source: The video to encode.
        settings: What to encode it with, two at least; their quality is what is varied, and the
            first is what the others are held against.
        targets: The quality at which bit rates are compared; empty for none.
        span: The qualities that whole curves go over; None for no curves.
        measuring: How settings are measured.
    """

    source: InputSpec
    settings: tuple[EncodeSetting, ...]
    targets: tuple[Requirement, ...] = ()
    span: Span | None = None
    measuring: Measuring = field(default_factory=Measuring)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompareResult:
    """What came out.

    Attributes:
        comparisons: One a source.
        notices: What there is to tell.
        seconds: Wall time.
    """

    comparisons: tuple[Comparison, ...]
    notices: tuple[Notice, ...]
    seconds: float


def compare_events(
    request: CompareRequest, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[CompareResult]]:
    """Compare, telling what happens; closing the generator cancels and frees everything.

    An encoder that fails is left out and told; the others go on, if there are two.

    Args:
        request: What is compared.
        prober: Where settings are measured.

    Yields:
        The events of sampling and of every probe, then `Done` with the result.

    Raises:
        UsageError: The request contradicts itself, or a target cannot be met by anything.
        InputError: The source cannot be read.
        ComponentError: Fewer than two encoders are usable here, or libvmaf is not.
        WorkError: Fewer than two encoders get to their end.
    """
    began = time.monotonic()
    _check(request)
    measurer = yield from prober.prepared(request.source, request.measuring)
    count = _Count(request)
    contenders: list[Contender] = []
    notices: list[Notice] = []
    errors: list[VmafxError] = []
    for setting, name in zip(request.settings, labels(request.settings), strict=True):
        try:
            contender = yield from count.told(_measured(request, name, setting, measurer))
        except (UsageError, ComponentError, WorkError) as error:
            errors.append(error)
            contender = Contender(name=name, setting=setting, points=(), failure=error.message)
            notices.append(warning("left-out", f"{name} is left out: {error.message}"))
            yield Told(notices[-1])
        contenders.append(contender)
    if len(contenders) - len(errors) < 2:
        raise errors[0]
    sampled = measurer.sampled
    comparison = Comparison(
        source=SourceFacts.of(sampled.info, ""),
        windows=sampled.windows,
        whole=sampled.whole,
        contenders=tuple(contenders),
        targets=request.targets,
        metric=request.span.metric if request.span else request.targets[0],
        within=request.span.limits if request.span else EVERYWHERE,
    )
    yield Done(
        CompareResult(
            comparisons=(comparison,),
            notices=tuple(notices),
            seconds=time.monotonic() - began,
        )
    )


def _check(request: CompareRequest) -> None:
    if len(request.settings) < 2:
        raise UsageError("there is nothing to compare", "Name two encoders or presets at least.")
    bounds = [*request.targets, *([request.span.metric] if request.span else [])]
    check_targets(bounds, request.measuring, request.source)
    seen = set()
    for setting, name in zip(request.settings, labels(request.settings), strict=True):
        encoder = find_encoder(setting.encoder)
        encoder.check(setting)
        same = replace(setting, quality=0, preset=setting.preset or encoder.default_preset)
        if same in seen:
            raise UsageError(f"{name} is named twice", "Name each encoder and preset once.")
        seen.add(same)


def _measured(
    request: CompareRequest, name: str, setting: EncodeSetting, measurer: Measurer
) -> Generator[TuneEvent[Any], None, Contender]:
    """Probe for the curve, then for the targets, which the curve's points tell much about."""
    curve: tuple[Point, ...] = ()
    if request.span:
        curve = yield from spread(setting, request.span, measurer.probe, measurer.known(setting))
    points = {p.setting.quality: p for p in curve}
    if request.targets:
        found = yield from search(
            setting, request.targets, measurer.probe, known=measurer.known(setting)
        )
        points |= {p.setting.quality: p for p in found.points}
        if found.pick:
            below = yield from _below(request, found.pick, points.values(), measurer)
            points |= {p.setting.quality: p for p in below}
    coarser = find_encoder(setting.encoder).knob.coarser
    ordered = (points[quality] for quality in sorted(points, key=lambda q: coarser * q))
    return Contender(name=name, setting=setting, points=tuple(ordered), curve=curve)


def _below(
    request: CompareRequest, pick: Point, points: Iterable[Point], measurer: Measurer
) -> Generator[TuneEvent[Any], None, tuple[Point, ...]]:
    """A point that misses a target, so that the rate at it can be read off between two.

    A search that is certain of what the next step gives does not measure it.
    """
    if not all(meets(t, p.value(t)) for p in points for t in request.targets):
        return ()
    values = find_encoder(pick.setting.encoder).knob.values()
    after = values.index(pick.setting.quality) + 1
    if after == len(values):
        return ()
    setting = replace(pick.setting, quality=values[after])
    yield Probing(setting, 1, 1)
    return ((yield from measurer.probe(setting)),)


class _Count:
    """Numbers the probes of all contenders together."""

    def __init__(self, request: CompareRequest) -> None:
        curve = request.span.points if request.span else 0
        self._each = curve + (0 if not request.targets else _KNOWING if curve else _COLD)
        self._left = len(request.settings)
        self._done = 0

    def told[Result](
        self, events: Generator[TuneEvent[Any], None, Result]
    ) -> Generator[TuneEvent[Any], None, Result]:
        """Pass the events of one contender on; returns what they return."""
        self._left -= 1
        began = self._done
        with closing(events):
            while True:
                try:
                    event = next(events)
                except StopIteration as end:
                    result: Result = end.value
                    return result
                if isinstance(event, Probing):
                    self._done += 1
                    here = max(self._each, self._done - began)
                    likely = began + here + self._each * self._left
                    event = replace(event, number=self._done, likely=likely)
                yield event
