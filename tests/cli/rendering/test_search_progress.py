"""What a search shows while it works, without a search."""

import time
from typing import Any

import pytest

from support.findings import point
from vmafx_cli.rendering.search_progress import SearchReporter
from vmafx_core.notice import info, warning
from vmafx_core.probing.events import Advanced, Probed, Probing, TuneEvent
from vmafx_core.scoring.events import Told


class Watched(SearchReporter):
    """A reporter that keeps what its bar would show."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(quiet=False, verbose=verbose)
        self.bars: list[tuple[float, float | None, str, str]] = []

    def advance(self, done: float, total: float | None, words: str, left: str = "") -> None:
        super().advance(done, total, words, left)
        self.bars.append((done, total, words, left))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that only a test moves."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def shown(reporter: Watched, *events: TuneEvent[Any]) -> Watched:
    for event in events:
        reporter.show(event)
    return reporter


def advanced(phase: str, done: int, total: int | None, seconds: float = 2.0) -> Advanced:
    return Advanced(phase=phase, done=done, total=total, seconds=seconds)


def test_the_bar_goes_over_all_probes_that_there_will_likely_be(clock: list[float]) -> None:
    setting = point(28).setting
    reporter = shown(Watched(), Probing(setting, 1, 4), advanced("probing", 50, 100))
    clock[0] += 10
    shown(reporter, Probed(point(28)))
    assert reporter.bars[-1] == (1.0, 4, "probe 1 of about 4: libx264 crf 28", "about 30 s left")
    assert [done for done, *_ in reporter.bars] == [0.0, 0.5, 1.0]


def test_more_probes_than_thought_of_are_all_in_the_bar(clock: list[float]) -> None:
    reporter = shown(Watched(), Probing(point(28).setting, 5, 4))
    assert reporter.bars[-1][:2] == (4.0, 5)
    assert clock == [100.0]


def test_the_bar_of_a_probe_never_goes_back() -> None:
    reporter = shown(Watched(), Probing(point(28).setting, 1, 1))
    shown(reporter, *(advanced("probing", done, 10) for done in (8, 2, 9)))
    assert [done for done, *_ in reporter.bars] == [0.0, 0.8, 0.8, 0.9]


def test_a_phase_has_a_bar_of_its_own_with_its_speed_and_what_is_left() -> None:
    bars = shown(
        Watched(),
        Probing(point(28).setting, 1, 1),
        Probed(point(28)),
        advanced("encoding", 300, 1500, seconds=10.0),
        advanced("verifying", 10, None, seconds=0.0),
    ).bars
    assert bars[-2] == (300, 1500, "encoding 300/1500", "30.0 fps, 40 s left")
    assert bars[-1] == (10, None, "verifying 10 frames", "0.0 fps")


def test_notices_are_told_and_every_try_only_when_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    events = (Told(warning("a", "careful")), Told(info("b", "by the way")), Probed(point(28)))
    shown(Watched(), *events)
    assert capsys.readouterr().err == "vmafx: warning: careful\n"
    shown(Watched(verbose=True), *events, Probed(point(30, cached=True)))
    assert capsys.readouterr().err.splitlines() == [
        "vmafx: warning: careful",
        "vmafx: info: by the way",
        "vmafx: info: libx264 crf 28: vmaf 96.00, 1587 kb/s, 2.0 s to encode",
        "vmafx: info: libx264 crf 30: vmaf 95.00, 1260 kb/s, cached",
    ]


def test_what_an_earlier_run_did_says_nothing_of_the_speed() -> None:
    event = Advanced(phase="encoding", done=1300, total=1500, seconds=10.0, kept=1000)
    assert shown(Watched(), event).bars == [
        (1300, 1500, "encoding 1300/1500", "30.0 fps, 7 s left")
    ]
