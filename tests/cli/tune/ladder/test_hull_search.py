"""The hull over sizes and the rungs on it are found with few probes, and are measured."""

import math
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

from vmafx_cli.tune.ladder.hull import Hull
from vmafx_cli.tune.ladder.hull_search import Ladder, ladder_of, search_ladder, size_of
from vmafx_cli.tune.ladder.rules import RungRules
from vmafx_cli.tune.sizes import Size
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import parse_target
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.result import Metric, MetricKind

_SIZES = ((1920, 1080), (1280, 720), (960, 540), (640, 360))
_SETTING = EncodeSetting(encoder="libx264", quality=23)
_KNOB = find_encoder("libx264").knob


def _measured(setting: EncodeSetting) -> Point:
    """A point of curves such as real ones: smaller sizes are cheaper, and lose detail."""
    width, height = setting.size or (0, 0)
    share = height / 1080
    crf = setting.quality
    rate = 9e6 * share**1.6 * 2 ** (-(crf - 20) / 6.2)
    sharp = 100 - 42 * (1 - share) ** 1.7
    jagged = 0.15 * math.sin(7.3 * crf + width)
    quality = sharp / (1 + math.exp((crf - 37 - 2 * (1 - share)) / 4.5)) + jagged
    values = np.array([quality])
    metric = Metric("vmaf", MetricKind.MODEL, values, pool(values, lower_is_better=False))
    return Point(
        setting=setting,
        pix_fmt="yuv420p",
        metrics={"vmaf": metric},
        frames=100,
        duration=4.0,
        video_bytes=round(rate / 2),
        encode_seconds=1.0,
        score_seconds=1.0,
        cached=False,
        encoder_version="x264",
    )


def _probe(setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
    yield from ()
    return _measured(setting)


def _found(
    rules: RungRules, top: str = "95", sizes: tuple[Size, ...] = _SIZES
) -> tuple[Ladder, list[Probing]]:
    searching = search_ladder(_SETTING, sizes, rules, parse_target(top), _probe)
    told: list[Probing] = []
    while True:
        try:
            event = next(searching)
        except StopIteration as stop:
            return stop.value, told
        assert isinstance(event, Probing)
        told.append(event)


def _quality(point: Point) -> float:
    return point.metrics["vmaf"].pooled.mean


def test_the_hull_is_that_of_all_settings_though_few_are_measured() -> None:
    ladder, told = _found(RungRules())
    every = [
        _measured(EncodeSetting(encoder="libx264", quality=q, size=size))
        for size in _SIZES
        for q in _KNOB.values()
    ]
    whole = Hull.of([math.log2(p.bit_rate) for p in every], [_quality(p) for p in every])
    found = Hull.of(
        [math.log2(p.bit_rate) for p in ladder.hull], [_quality(p) for p in ladder.hull]
    )

    assert ladder.steps == len(every)
    assert len(told) == len(ladder.points) < len(every) / 4
    low, high = _quality(ladder.rungs[0]), _quality(ladder.rungs[-1])
    at = np.linspace(low, high, 200)
    more_bits = 2 ** float(np.mean(found.octave_of(at) - whole.octave_of(at)))
    assert more_bits < 1.015


def test_every_rung_was_measured_and_the_top_meets_its_target() -> None:
    ladder, _ = _found(RungRules())

    assert len(ladder.rungs) == 6
    assert set(ladder.rungs) <= set(ladder.points)
    assert _quality(ladder.rungs[-1]) >= 95
    assert _quality(ladder.rungs[-2]) < 95
    rates = [rung.bit_rate for rung in ladder.rungs]
    assert rates == sorted(rates)
    assert size_of(ladder.rungs[0])[1] < size_of(ladder.rungs[-1])[1]


def test_no_setting_is_measured_twice() -> None:
    _, told = _found(RungRules(rungs=10))

    settings = [event.setting for event in told]
    assert len(set(settings)) == len(settings)
    assert [event.number for event in told] == list(range(1, len(told) + 1))


def test_rungs_keep_within_bounds_that_were_measured() -> None:
    ladder, _ = _found(RungRules(min_bit_rate=400e3, max_bit_rate=3e6))

    rates = [rung.bit_rate for rung in ladder.rungs]
    assert min(rates) >= 400e3
    assert max(rates) <= 3e6


def test_nothing_within_bounds_is_told() -> None:
    with pytest.raises(UsageError, match="no setting has a bit rate from 2000 kb/s to 2001"):
        _found(RungRules(min_bit_rate=2_000_000, max_bit_rate=2_001_000))


def test_one_size_is_a_ladder_too() -> None:
    ladder, told = _found(RungRules(rungs=3), sizes=_SIZES[1:2])

    assert len(ladder.rungs) == 3
    assert len(told) <= 13


def test_a_ladder_is_made_of_points_that_were_measured_before() -> None:
    points = [
        _measured(EncodeSetting(encoder="libx264", quality=float(q), size=size))
        for size in _SIZES
        for q in range(14, 46, 4)
    ]

    ladder = ladder_of(points, _SIZES, RungRules(rungs=4), parse_target("95"))

    assert ladder.points == tuple(points)
    assert set(ladder.rungs) <= set(points)
    assert len(ladder.rungs) == 4
    assert _quality(ladder.rungs[-1]) >= 95
