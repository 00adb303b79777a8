import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.tune.search.quality import Constraints, Found, Reason, search
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Probing, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import parse_target
from vmafx_core.scoring.events import Told

_SETTING = EncodeSetting(encoder="libx264", quality=23)
_NO_CONSTRAINTS = Constraints()


def _vmaf(quality: float) -> float:
    """A curve such as x264 has: 95 at 20, 89 at 26, 67 at 35."""
    return 100 / (1 + math.exp(0.14 * (quality - 40.5)))


def _run(
    curve: Callable[[float], float],
    *targets: str,
    constraints: Constraints = _NO_CONSTRAINTS,
    known: Sequence[Point] = (),
    rate: Callable[[float], float] = lambda q: 4e6 * 2 ** ((20 - q) / 6),
) -> tuple[Found, list[TuneEvent[Any]]]:
    def probe(setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        yield from ()
        quality = setting.quality
        made = point(quality, vmaf=curve(quality), bit_rate=rate(quality))
        return replace(made, setting=setting)

    events = []
    parsed = [parse_target(t) for t in targets]
    running = search(_SETTING, parsed, probe, constraints=constraints, known=known)
    while True:
        try:
            events.append(next(running))
        except StopIteration as end:
            return end.value, events


@pytest.mark.parametrize("target", [80, 85, 90, 93, 95, 96])
def test_the_pick_is_the_coarsest_that_meets_the_target(target: int) -> None:
    found, events = _run(_vmaf, f"vmaf>={target}")
    coarsest = max(q for q in range(1, 52) if _vmaf(q) >= target)
    assert found.pick is not None
    assert found.pick.setting.quality == coarsest
    assert found.probes == sum(isinstance(e, Probing) for e in events) <= 4


def test_a_point_that_meets_everything_is_picked_though_a_finer_one_misses() -> None:
    def curve(quality: float) -> float:
        return 80.0 if quality == 22 else _vmaf(quality)

    constraints = Constraints(max_bit_rate=3e6)
    known = [point(q, vmaf=curve(q), bit_rate=4e6 * 2 ** ((20 - q) / 6)) for q in (22, 25)]
    found, _ = _run(curve, "vmaf>=89", constraints=constraints, known=known)
    assert found.pick is not None
    assert found.pick.setting.quality == 25


def test_what_is_known_needs_no_probe() -> None:
    known = [point(q, vmaf=_vmaf(q)) for q in (25, 26)]
    assert _vmaf(25) >= 89.5 > _vmaf(26)
    found, _ = _run(_vmaf, "vmaf>=89.5", known=known)
    assert found.probes == 0
    assert found.reason is Reason.MEASURED
    assert found.pick is known[0]


def test_the_worst_of_several_targets_decides() -> None:
    # The PSNR of these points is half of their VMAF.
    found, _ = _run(_vmaf, "vmaf>=80", "psnr_y>=47")
    assert found.pick is not None
    assert found.pick.setting.quality == max(q for q in range(1, 52) if _vmaf(q) / 2 >= 47)


def test_an_unreachable_target_ends_with_the_finest_that_was_measured() -> None:
    found, _ = _run(lambda q: 90 - q / 2, "vmaf>=95")
    assert found.pick is None
    assert found.reason is Reason.OUT_OF_RANGE
    assert found.nearest.setting.quality == 1
    assert "crf 1 misses vmaf>=95, with 89.5" in found.why


def test_a_plateau_is_named_with_the_coarsest_that_is_on_it() -> None:
    known = [point(12, vmaf=91.99)]
    found, _ = _run(lambda q: 92 if q < 15 else 92 - (q - 15), "vmaf>=95", known=known)
    assert found.pick is None
    assert found.reason is Reason.PLATEAU
    assert found.nearest.setting.quality == 12


def test_the_coarsest_step_may_be_good_enough() -> None:
    found, _ = _run(lambda _: 97.0, "vmaf>=90")
    assert found.reason is Reason.COARSEST
    assert found.nearest.setting.quality == 51


def test_a_bound_on_the_size_that_contradicts_the_target_gives_the_best_within_it() -> None:
    found, _ = _run(_vmaf, "vmaf>=95", constraints=Constraints(max_bit_rate=2e6))
    assert found.pick is None
    assert found.reason is Reason.TOO_LARGE
    # 4 Mbit/s at 20 is 2 Mbit/s at 26.
    assert found.nearest.setting.quality == 26
    assert found.nearest.bit_rate <= 2e6


def test_a_bound_on_the_size_that_fits_changes_nothing() -> None:
    found, _ = _run(_vmaf, "vmaf>=89", constraints=Constraints(max_bit_rate=3e6))
    assert found.pick is not None
    assert found.pick.setting.quality == max(q for q in range(1, 52) if _vmaf(q) >= 89)


def test_a_bound_that_even_the_coarsest_exceeds_is_said() -> None:
    found, _ = _run(_vmaf, "vmaf>=95", constraints=Constraints(max_bit_rate=1000))
    assert found.reason is Reason.TOO_LARGE
    assert found.nearest.setting.quality == 51
    assert "even crf 51" in found.why


def test_limits_are_kept() -> None:
    found, _ = _run(_vmaf, "vmaf>=80", constraints=Constraints(low=10, high=22))
    assert found.reason is Reason.COARSEST
    assert all(10 <= p.setting.quality <= 22 for p in found.points)


def test_limits_that_leave_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="from 60 to 70"):
        _run(_vmaf, "vmaf>=80", constraints=Constraints(low=60, high=70))


def test_quality_that_rises_again_is_told_and_the_pick_meets_the_target() -> None:
    known = [point(24, vmaf=89), point(25, vmaf=91), point(26, vmaf=88)]
    found, events = _run(_vmaf, "vmaf>=90", known=known)
    assert found.pick is known[1]
    assert not found.monotone
    told = [e.notice for e in events if isinstance(e, Told)]
    assert [n.code for n in told] == ["not-monotone"]


@pytest.mark.parametrize(
    "curve",
    [
        lambda q: 99.0 if q < 40 else 10.0,
        lambda q: 95 - 0.01 * q,
        lambda q: 100 - q * 1.9,
        lambda q: max(0.0, 94 - (q - 20) ** 2 / 9),
    ],
)
def test_odd_curves_end_with_a_point_that_meets_the_target(
    curve: Callable[[float], float],
) -> None:
    found, _ = _run(curve, "vmaf>=90")
    assert found.pick is not None
    assert curve(found.pick.setting.quality) >= 90
    assert found.probes <= 9
