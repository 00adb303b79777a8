from dataclasses import replace
from fractions import Fraction

import pytest

from support.results import video
from vmafx_core.media.rates import Rates, compare_rates


@pytest.mark.parametrize(
    ("reference", "distorted", "expected"),
    [
        (Fraction(25), Fraction(25), Rates.SAME),
        (Fraction(30000, 1001), Fraction(2997, 100), Rates.SAME),
        (Fraction(24000, 1001), Fraction(24), Rates.LABEL),
        (Fraction(25), Fraction(24), Rates.DIFFERENT),
        (Fraction(50), Fraction(25), Rates.DIFFERENT),
        (None, Fraction(25), Rates.SAME),
        (Fraction(25), None, Rates.SAME),
    ],
)
def test_rates_are_the_same_written_differently_or_different(
    reference: Fraction | None, distorted: Fraction | None, expected: Rates
) -> None:
    sides = [replace(video("v.mp4"), frame_rate=r) for r in (reference, distorted)]
    assert compare_rates(*sides) is expected


def test_variable_rates_with_as_many_frames_are_the_same() -> None:
    uneven = replace(video("v.mp4", frames=100), frame_rate=Fraction(27), variable_rate=True)
    assert compare_rates(video("r.mp4", frames=100), uneven) is Rates.SAME
    assert compare_rates(video("r.mp4", frames=120), uneven) is Rates.DIFFERENT


def test_averages_of_variable_rates_are_compared_leniently() -> None:
    uneven = replace(video("v.mkv"), frame_rate=Fraction(251, 10), frame_count=None)
    assert compare_rates(video("r.mp4"), replace(uneven, variable_rate=True)) is Rates.LABEL
    uneven = replace(uneven, frame_rate=Fraction(26))
    assert compare_rates(video("r.mp4"), replace(uneven, variable_rate=True)) is Rates.LABEL
    assert compare_rates(video("r.mp4"), uneven) is Rates.DIFFERENT


def test_the_rate_of_a_matroska_against_a_variable_one_only_is_a_warning() -> None:
    nominal = replace(video("r.mkv"), container="matroska,webm", frame_count=None)
    uneven = replace(video("v.mp4", frames=40), frame_rate=Fraction(20), variable_rate=True)
    assert compare_rates(nominal, uneven) is Rates.LABEL
    assert compare_rates(uneven, nominal) is Rates.LABEL
    assert compare_rates(nominal, replace(uneven, variable_rate=False)) is Rates.DIFFERENT
