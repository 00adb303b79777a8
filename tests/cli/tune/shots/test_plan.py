"""Shots get the quality values with which the whole meets the target at the fewest bits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vmafx_cli.tune.shots.encode import ShotsResult, shots_events
from vmafx_cli.tune.shots.plan import ShotPlan, ShotsRequest
from vmafx_cli.tune.shots.points import Bounds, Totals
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.events import Done, Probed, Probing
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.targets import parse_target
from vmafx_core.testing import write_clip

# Where the numbers jump, the pictures look nothing alike; the second shot stands still.
_SHOWN = (*range(20), *([2635] * 16), *range(14))


@pytest.fixture(scope="module", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VMAFX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shots") / "source.mp4"
    return write_clip(path, shown=_SHOWN, width=160, height=120, options={"crf": "8"})


def _request(
    source: Path, target: str, *, every_shot: bool = False, floor: float | None = None
) -> ShotsRequest:
    return ShotsRequest(
        source=InputSpec(location=str(source)),
        setting=EncodeSetting(encoder="libx264", quality=23, preset="ultrafast"),
        bounds=Bounds(parse_target(target), every_shot, floor),
    )


def _plan(request: ShotsRequest) -> ShotPlan:
    *_, last = shots_events(request, None)
    assert isinstance(last, Done)
    result: ShotsResult = last.result
    assert result.encoded is None
    return result.plan


def _values(plan: ShotPlan) -> list[float]:
    return [planned.point.setting.quality for planned in plan.shots]


def test_the_mean_over_all_frames_meets_the_target_as_measured(source: Path) -> None:
    plan = _plan(_request(source, "90"))
    frames = [planned.shot.frames for planned in plan.shots]
    scores = [planned.point.metrics["vmaf"].pooled.mean for planned in plan.shots]
    assert plan.met
    assert frames == [20, 16, 14]
    assert [planned.point.frames for planned in plan.shots] == frames
    mean = sum(f * s for f, s in zip(frames, scores, strict=True)) / 50
    assert plan.totals.score == pytest.approx(mean)
    assert mean >= 90


def test_it_costs_no_more_than_one_value_for_all(source: Path) -> None:
    plan = _plan(_request(source, "90"))
    assert plan.single is not None
    assert plan.single_totals is not None
    assert plan.single_totals.score >= 90
    assert plan.totals.bits <= plan.single_totals.bits
    assert plan.saving is not None
    assert plan.saving >= 0
    bits = sum(planned.point.bit_rate * planned.shot.duration for planned in plan.shots)
    assert plan.totals.bits == pytest.approx(bits)


def test_every_shot_meets_the_target_where_that_is_asked(source: Path) -> None:
    plan = _plan(_request(source, "vmaf:p5>=88", every_shot=True))
    assert plan.met
    assert min(planned.point.metrics["vmaf"].pooled.p5 for planned in plan.shots) >= 88
    assert len(set(_values(plan))) > 1
    for planned in plan.shots:
        coarser = [p for p in planned.tried if p.setting.quality > planned.point.setting.quality]
        assert all(p.metrics["vmaf"].pooled.p5 < 88 for p in coarser)


def test_no_shot_misses_the_floor(source: Path) -> None:
    plan = _plan(_request(source, "85", floor=84.5))
    assert plan.met
    assert plan.totals.worst >= 84.5


def test_bounds_on_a_metric_of_which_less_is_better_are_upper_ones() -> None:
    bounds = Bounds(parse_target("cambi<=5"), floor=8)
    assert bounds.met(Totals(bits=1, score=4.9, worst=7.9))
    assert not bounds.met(Totals(bits=1, score=5.1, worst=7.9))
    assert not bounds.met(Totals(bits=1, score=4.9, worst=8.1))
    assert not Bounds(parse_target("cambi<=5"), every_shot=True).met(Totals(1, 4.9, 5.1))


def test_a_target_out_of_reach_gives_the_nearest_miss(source: Path) -> None:
    plan = _plan(_request(source, "vmaf>=99.99"))
    assert not plan.met
    assert plan.single is None
    assert "nearest" in plan.why
    best = [max(p.metrics["vmaf"].pooled.mean for p in planned.tried) for planned in plan.shots]
    assert [p.point.metrics["vmaf"].pooled.mean for p in plan.shots] == best


def test_one_shot_has_one_value(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "one.mp4", frames=16, width=160, height=120)
    plan = _plan(_request(path, "88"))
    assert plan.met
    assert plan.uses_single
    assert plan.saving == 0
    assert plan.why == "there is one shot, so one value does for all of it"


def test_a_second_target_needs_few_new_encodes(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What other tests have measured must not be known.
    monkeypatch.setenv("VMAFX_CACHE_DIR", str(tmp_path))
    _plan(_request(source, "90"))
    events = list(shots_events(_request(source, "91"), None))
    cached = [e.point.cached for e in events if isinstance(e, Probed)]
    assert 0 < cached.count(False) <= len(cached) / 2


def test_probes_are_numbered_over_all_shots(source: Path) -> None:
    events = list(shots_events(_request(source, "90"), None))
    probing = [e for e in events if isinstance(e, Probing)]
    assert [e.number for e in probing] == list(range(1, len(probing) + 1))
    assert all(e.likely >= e.number for e in probing)
    assert sum(isinstance(e, Probed) for e in events) == len(probing)


def test_long_shots_are_sampled(source: Path) -> None:
    measuring = Measuring(sampling=Sampling(seconds=0.4))
    plan = _plan(replace(_request(source, "88"), measuring=measuring))
    assert [planned.point.frames for planned in plan.shots] == [10, 10, 14]
    assert plan.shots[0].point.duration == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("target", "every_shot", "floor", "message"),
    [
        ("vmaf:p5>=88", False, None, "is no mean"),
        ("vmaf>=88", True, 80.0, "a floor has no use"),
        ("vmaf>=120", False, None, "out of the range"),
        ("psnr_y>=40", False, None, "psnr"),
    ],
)
def test_what_makes_no_sense_is_refused_before_any_work(
    target: str, every_shot: bool, floor: float | None, message: str
) -> None:
    request = _request(Path("absent.mp4"), target, every_shot=every_shot, floor=floor)
    with pytest.raises(UsageError, match=message):
        list(shots_events(request, None))
