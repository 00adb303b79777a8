"""Scores of pictures that come one by one: soon, and the same as those of a whole run."""

import threading
import time
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from vmafx_core import score
from vmafx_core.libvmaf.specs import parse_feature, parse_model
from vmafx_core.media.live import LiveSource
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Finished, FrameScores, Progress
from vmafx_core.scoring.inputs import ReadyInputs
from vmafx_core.scoring.request import Pairing, ScoreRequest
from vmafx_core.scoring.segments import SegmentScorer
from vmafx_core.testing import write_clip

FRAMES = 40


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("live")
    good = write_clip(folder / "good.mp4", frames=FRAMES)
    return good, write_clip(folder / "bad.mp4", frames=FRAMES, options={"crf": "40"})


def live(name: str) -> LiveSource:
    rate = Fraction(25)
    return LiveSource(name, width=320, height=240, pix_fmt="yuv420p", frame_rate=rate)


def planes(path: Path) -> list[memoryview]:
    with av.open(path) as container:
        return [memoryview(f.to_ndarray()).cast("B") for f in container.decode(video=0)]


def give_pairs(
    clips: Iterable[Path], sides: Iterable[LiveSource], wait: Callable[[], None]
) -> None:
    """Give all pictures of clips to their sides; wait behind each pair."""
    try:
        for pair in zip(*map(planes, clips), strict=True):
            for side, picture in zip(sides, pair, strict=True):
                side.give(picture)
            wait()
    finally:
        for side in sides:
            side.finish()


@pytest.mark.parametrize("model", ["vmaf_v0.6.1", "vmaf_v1.0.16_3d0h"])
@pytest.mark.parametrize("pause", [0.0, 0.02])
def test_scores_come_while_pictures_do_and_are_the_same(
    clips: tuple[Path, Path], model: str, pause: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = [live(n) for n in ("ref", "dis")]
    fed, feed = threading.Semaphore(0), SegmentScorer.feed

    def counted(scorer: SegmentScorer, *pair: av.VideoFrame) -> None:
        feed(scorer, *pair)
        fed.release()

    def wait() -> None:
        if pause:
            # However long a pair takes, the next one has to be waited for.
            assert fed.acquire(timeout=60), "a pair is not scored before the next one comes"
            time.sleep(pause)

    monkeypatch.setattr(SegmentScorer, "feed", counted)
    giving = threading.Thread(target=give_pairs, args=(clips, sides, wait))
    giving.start()
    request = ScoreRequest(
        reference=sides[0].spec,
        distorted=(sides[1].spec,),
        models=(parse_model(model),),
        latency=0.1,
    )
    runs, result = [], None
    for event in score_events(request, ReadyInputs(sides[0], [sides[1]])):
        if isinstance(event, FrameScores):
            runs.append(event)
        elif isinstance(event, Finished):
            result = event.result
    giving.join()
    whole = score(*clips, models=[model]).pairs[0]
    assert result
    for name, metric in whole.metrics.items():
        np.testing.assert_array_equal(result.pairs[0].metrics[name].values, metric.values)
    assert [run.first for run in runs] == list(np.cumsum([0, *(len(r.times) for r in runs[:-1])]))
    if pause:
        assert len(runs) > 2


@pytest.mark.parametrize("slow", [0, 1])
def test_how_far_it_is_is_told_while_a_side_stands_still(
    clips: tuple[Path, Path], slow: int
) -> None:
    sides = [live(n) for n in ("ref", "dis")]
    pictures = [planes(path) for path in clips]
    go_on, held = threading.Event(), FRAMES - 5

    def give() -> None:
        for i in range(FRAMES):
            if i == held:
                sides[1 - slow].give(pictures[1 - slow][i])
                go_on.wait(60)
            for side, given in zip(sides, pictures, strict=True):
                if i != held or side is sides[slow]:
                    side.give(given[i])
        for side in sides:
            side.finish()

    giving = threading.Thread(target=give)
    giving.start()
    request = ScoreRequest(reference=sides[0].spec, distorted=(sides[1].spec,), latency=0.1)
    scored = 0
    for event in score_events(request, ReadyInputs(sides[0], [sides[1]])):
        if isinstance(event, FrameScores):
            scored += len(event.times)
        elif isinstance(event, Progress) and event.frames == held:
            go_on.set()
    giving.join()
    assert scored == FRAMES
    assert go_on.is_set(), "it ended only as nobody waited any longer"


@pytest.mark.parametrize("more", [(0, 0), (1, 0), (0, 1)], ids=["both", "distorted", "reference"])
@pytest.mark.parametrize(
    ("model", "held"), [("vmaf_v0.6.1", FRAMES - 5), ("vmaf_v1.0.16_hfr_3d0h", 3)]
)
def test_all_but_the_last_frame_is_scored_while_an_input_stands_still(
    clips: tuple[Path, Path], more: tuple[int, int], model: str, held: int
) -> None:
    sides = [live(n) for n in ("ref", "dis")]
    go_on = threading.Event()

    def give(side: LiveSource, pictures: list[memoryview], first: int) -> None:
        for picture in pictures[:first]:
            side.give(picture)
        go_on.wait(60)
        for picture in pictures[first:]:
            side.give(picture)
        side.finish()

    for side, path, further in zip(sides, clips, more, strict=True):
        given = side, planes(path), held + further
        threading.Thread(target=give, args=given, daemon=True).start()
    request = ScoreRequest(
        reference=sides[0].spec,
        distorted=(sides[1].spec,),
        models=(parse_model(model),),
        latency=0.1,
    )
    scores: dict[str, list[float]] = {}
    told = False
    for event in score_events(request, ReadyInputs(sides[0], [sides[1]])):
        if isinstance(event, FrameScores):
            for name, values in event.metrics.items():
                scores.setdefault(name, []).extend(values)
            if event.first + len(event.times) == held - 1:
                told = not go_on.is_set()
                go_on.set()
    assert told, "they came only as nobody waited any longer"
    for name, metric in score(*clips, models=[model]).pairs[0].metrics.items():
        np.testing.assert_array_equal(scores[name], metric.values)


def test_one_program_may_give_both_sides_in_the_order_of_their_times() -> None:
    # Queues hold the reference frames that come between two distorted ones, but not twice as many.
    sides = [
        LiveSource(name, width=64, height=48, pix_fmt="yuv420p", frame_rate=Fraction(rate))
        for name, rate in (("ref", 100), ("dis", 25))
    ]
    blank = memoryview(bytes(sides[0].frame_bytes))

    def give() -> None:
        for i in range(24):
            if i % 4 == 0:
                sides[1].give(blank)
            sides[0].give(blank)
        for side in sides:
            side.finish()

    giving = threading.Thread(target=give, daemon=True)
    giving.start()
    request = ScoreRequest(
        reference=sides[0].spec,
        distorted=(sides[1].spec,),
        models=(),
        features=(parse_feature("psnr"),),
        pairing=Pairing.TIME,
    )
    *_, last = score_events(request, ReadyInputs(sides[0], [sides[1]]))
    giving.join()
    assert isinstance(last, Finished)
    assert last.result.pairs[0].frames.scored == 6


def test_the_last_scores_do_not_wait_for_frames_that_nobody_needs() -> None:
    sides = [live("ref"), live("dis")]
    blank = memoryview(bytes(sides[0].frame_bytes))
    scored = threading.Event()

    def give() -> None:
        for side in (*sides, *sides):
            side.give(blank)
        sides[0].finish()
        scored.wait(60)
        sides[1].finish()

    giving = threading.Thread(target=give)
    giving.start()
    request = ScoreRequest(reference=sides[0].spec, distorted=(sides[1].spec,))
    for event in score_events(request, ReadyInputs(sides[0], [sides[1]])):
        if isinstance(event, FrameScores) and giving.is_alive():
            scored.set()
    giving.join()
    assert scored.is_set(), "they came only when there were no more"
