"""Encoders are held against each other at equal quality, read off between measured points."""

import math
from collections.abc import Sequence

import pytest

from support.findings import point
from vmafx_cli.tune.compare.comparison import Comparison, Contender, labels, means
from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.probing.points import Point
from vmafx_core.probing.targets import parse_target
from vmafx_core.probing.windows import WHOLE

_SCORES = {20: 96.0, 24: 90.0, 28: 82.0, 32: 71.0}


def _points(encoder: str, rates: float, scores: dict[int, float] | None = None) -> list[Point]:
    return [
        point(crf, vmaf=vmaf, encoder=encoder, bit_rate=rates * 2 ** (-(crf - 20) / 4))
        for crf, vmaf in (scores or _SCORES).items()
    ]


def _contender(name: str, points: Sequence[Point], *, curve: bool = True) -> Contender:
    setting = EncodeSetting(encoder=name, quality=23)
    return Contender(
        name=name, setting=setting, points=tuple(points), curve=tuple(points) if curve else ()
    )


def _comparison(*contenders: Contender, targets: Sequence[str] = ()) -> Comparison:
    source = SourceFacts(
        location="movie.mkv",
        sha256="",
        width=320,
        height=180,
        pix_fmt="yuv420p",
        frame_rate=25.0,
        duration=4.0,
        transfer=None,
    )
    return Comparison(
        source=source,
        windows=WHOLE,
        whole=True,
        contenders=contenders,
        targets=tuple(parse_target(t) for t in targets),
        metric=parse_target("vmaf>=95"),
    )


_DEAR = _contender("libx264", _points("libx264", 4e6))
_CHEAP = _contender("libx265", _points("libx265", 3e6))


def test_the_one_with_the_fewest_bits_at_equal_quality_comes_first() -> None:
    found = _comparison(_DEAR, _CHEAP, targets=["vmaf>=86"])
    assert [c.name for c in found.ranked()] == ["libx265", "libx264"]
    assert found.saving(_CHEAP) == pytest.approx(-25)
    assert found.saving(_DEAR) == 0
    assert found.anchor is _DEAR


def test_the_bit_rate_at_a_target_is_between_those_of_the_points_around_it() -> None:
    found = _comparison(_DEAR, _CHEAP, targets=["vmaf>=86"])
    assert found.pick(_DEAR) is _DEAR.points[1]
    above, below = _DEAR.points[1].bit_rate, _DEAR.points[2].bit_rate
    assert below < found.bit_rate(_DEAR) < above


def test_of_several_targets_the_one_that_takes_the_most_bits_counts() -> None:
    single = _comparison(_DEAR, targets=["vmaf>=86"]).bit_rate(_DEAR)
    both = _comparison(_DEAR, targets=["vmaf>=86", "psnr_y>=46"]).bit_rate(_DEAR)
    assert both > single
    assert both == pytest.approx(_comparison(_DEAR, targets=["vmaf>=92"]).bit_rate(_DEAR))


def test_where_the_coarsest_point_meets_the_target_its_bit_rate_counts() -> None:
    found = _comparison(_DEAR, targets=["vmaf>=60"])
    assert found.bit_rate(_DEAR) == _DEAR.points[-1].bit_rate


def test_one_that_misses_the_target_comes_last_and_has_no_bit_rate() -> None:
    poor = _contender("libvpx-vp9", [point(30, vmaf=70, encoder="libvpx-vp9")])
    found = _comparison(poor, _DEAR, targets=["vmaf>=86"])
    assert [c.name for c in found.ranked()] == ["libx264", "libvpx-vp9"]
    assert found.pick(poor) is None
    assert math.isnan(found.bit_rate(poor))
    assert math.isnan(found.saving(_DEAR))


def test_without_targets_curves_rank() -> None:
    found = _comparison(_DEAR, _CHEAP)
    assert [c.name for c in found.ranked()] == ["libx265", "libx264"]
    assert found.delta(_CHEAP, _DEAR).rate == pytest.approx(-25)
    assert found.delta(_DEAR, _CHEAP).rate == pytest.approx(100 / 3)
    assert found.delta(_CHEAP, _DEAR).quality > 0
    assert found.shared(_CHEAP) == pytest.approx((71, 96))
    assert found.pick(_CHEAP) is None


def test_curves_without_a_quality_in_common_have_no_difference() -> None:
    low = _contender("libx265", _points("libx265", 1e6, {20: 60.0, 24: 50.0, 28: 40.0, 32: 30.0}))
    found = _comparison(_DEAR, low)
    assert math.isnan(found.delta(low, _DEAR).rate)
    assert found.shared(low) is None
    assert [c.name for c in found.ranked()] == ["libx264", "libx265"]


def test_one_that_failed_is_no_anchor() -> None:
    failed = Contender(
        name="libvpx-vp9",
        setting=EncodeSetting(encoder="libvpx-vp9", quality=30),
        points=(),
        failure="it is not usable here",
    )
    found = _comparison(failed, _DEAR, _CHEAP, targets=["vmaf>=86"])
    assert found.anchor is _DEAR
    assert [c.name for c in found.ranked()] == ["libx265", "libx264", "libvpx-vp9"]
    assert math.isnan(failed.encode_fps)


def test_less_of_a_distance_is_better_on_curves_too() -> None:
    source = _comparison(_DEAR, _CHEAP)
    down = Comparison(
        source=source.source,
        windows=WHOLE,
        whole=True,
        contenders=tuple(
            _contender(c.name, [_turned(p) for p in c.points]) for c in (_DEAR, _CHEAP)
        ),
        targets=(parse_target("cambi<=14"),),
        metric=parse_target("cambi<=5"),
    )
    first, second = down.contenders
    assert down.delta(second, first).rate == pytest.approx(-25)
    assert down.shared(second) == pytest.approx((4, 29))
    assert down.saving(second) == pytest.approx(-25)


def _turned(made: Point) -> Point:
    """The point with a metric of which less is better, 100 minus its VMAF."""
    vmaf = made.metrics["vmaf"].pooled.mean
    turned = point(made.setting.quality, vmaf=100 - vmaf, bit_rate=made.bit_rate)
    turned.metrics["cambi"] = turned.metrics["vmaf"]
    return turned


def test_speed_is_that_of_all_points_together() -> None:
    assert _DEAR.encode_fps == pytest.approx(50)


def test_means_are_over_the_sources_that_have_the_anchor() -> None:
    half = _contender("libx265", _points("libx265", 2e6))
    one = _comparison(_DEAR, _CHEAP, targets=["vmaf>=86"])
    other = _comparison(_DEAR, half, targets=["vmaf>=86"])
    stranger = _comparison(half, _DEAR, targets=["vmaf>=86"])
    found = {m.name: m for m in means([one, other, stranger])}
    assert found["libx265"].sources == 2
    # Geometric: -25 % and -50 %.
    assert found["libx265"].percent == pytest.approx(100 * (math.sqrt(0.75 * 0.5) - 1))
    assert found["libx265"].delta.rate == pytest.approx(-37.5)
    assert found["libx264"].percent == pytest.approx(0)


def test_labels_say_no_more_than_tells_apart() -> None:
    plain = EncodeSetting(encoder="libx264", quality=23)
    slow = EncodeSetting(encoder="libx264", quality=23, preset="slow")
    small = EncodeSetting(encoder="libx264", quality=23, size=(640, 360), options=(("g", "50"),))
    assert labels([plain, slow]) == ["libx264:medium", "libx264:slow"]
    assert labels([plain, small]) == ["libx264:medium", "libx264:medium g=50 640x360"]
    assert labels([small]) == ["libx264:medium"]
