"""Scoring by segments gives the values of one pass, to the bit."""

import threading
from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from vmafx_core.errors import WorkError
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec, parse_feature
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.result import Scores
from vmafx_core.scoring.segments import SegmentScorer, SegmentScores
from vmafx_core.testing import frame

FORM = PictureFormat(384, 336, Chroma.C420, 8)
FRAMES = 23
PAIRS = [(frame(i, 384, 336), frame(i + i % 3, 384, 336)) for i in range(FRAMES)]

OPTIONED = [
    "motion=motion_five_frame_window=true",
    "motion=motion_moving_average=true",
    "motion=motion_five_frame_window=true:motion_moving_average=true",
    "speed_temporal=speed_use_ref_diff=true",
    "cambi=full_ref=true",
    "psnr=enable_mse=true",
    "ssim=enable_lcs=true:enable_db=true",
]


def run(
    models: list[str],
    features: list[FeatureSpec],
    segment_frames: int,
    cuts: Collection[int] = (),
) -> dict[str, Scores]:
    scorer = SegmentScorer(
        [(ModelSpec(version=m), m) for m in models],
        features,
        FORM,
        threads=2,
        segment_frames=segment_frames,
    )
    with scorer:
        segments: list[SegmentScores] = []
        for fed, pair in enumerate(PAIRS, 1):
            scorer.feed(*pair)
            if fed in cuts:
                scorer.cut()
                known = len(segments)
                while fed >= 3 and len(segments) == known:  # else there may be no room for another
                    segments += scorer.take()
            segments += scorer.take()
        segments += scorer.finish()
    if not cuts:
        assert [s.first for s in segments] == list(range(0, FRAMES, segment_frames))
    return {n: np.concatenate([s.metrics[n] for s in segments]) for n in segments[0].metrics}


def assert_exact(models: list[str], features: list[FeatureSpec]) -> None:
    whole = run(models, features, FRAMES + 1)
    for length in (6, 11):
        parts = run(models, features, length)
        assert list(parts) == list(whole)
        for name, values in whole.items():
            assert values.shape == (FRAMES,)
            assert np.array_equal(values, parts[name]), name


@pytest.mark.parametrize("name", [m.name for m in MODELS])
def test_a_model_scores_the_same_in_segments_as_in_one_pass(name: str) -> None:
    assert_exact([name], [])


@pytest.mark.parametrize("text", [*(f.name for f in FEATURES), *OPTIONED])
def test_a_feature_scores_the_same_in_segments_as_in_one_pass(text: str) -> None:
    assert_exact([], [parse_feature(text)])


@pytest.mark.parametrize("name", ["vmaf_v0.6.1", "vmaf_v1.0.16_hfr_3d0h"])
def test_segments_may_be_cut_anywhere(name: str) -> None:
    whole = run([name], [], FRAMES + 1)
    for cuts in [{1, 2, 3, FRAMES}, {2, 10, 11, 19}, {4, FRAMES - 1}, set(range(FRAMES + 1))]:
        parts = run([name], [], 8, cuts)
        for metric, values in whole.items():
            assert np.array_equal(values, parts[metric]), (cuts, metric)


def test_a_cut_does_not_wait_for_earlier_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    class Held(Context):
        def flush(self) -> None:
            assert go_on.wait(60)
            super().flush()

    monkeypatch.setattr("vmafx_core.scoring.segments.Context", Held)
    scorer = SegmentScorer([], [FeatureSpec("psnr")], FORM, threads=1, segment_frames=FRAMES)
    with scorer:
        for pair in PAIRS:
            scorer.feed(*pair)
            scorer.cut()
        go_on.set()
        segments = scorer.finish()
    assert [s.first for s in segments] == [0, 2, 3]


def test_a_segment_is_begun_only_where_there_are_frames_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = []

    class Counted(Context):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            begun.append(self)

    monkeypatch.setattr("vmafx_core.scoring.segments.Context", Counted)
    for length, contexts in (FRAMES, 1), (FRAMES - 1, 2), (FRAMES + 1, 1), (8, 3):
        begun.clear()
        run(["vmaf_v0.6.1"], [], length)
        assert len(begun) == contexts, length


def test_several_models_and_features_in_one_pass_score_as_they_do_alone() -> None:
    models = ["vmaf_v0.6.1", "vmaf_v0.6.1neg", "vmaf_v1.0.16_3d0h"]
    together = run(models, [FeatureSpec("psnr"), FeatureSpec("adm")], 8)
    for model in models:
        assert np.array_equal(together[model], run([model], [], FRAMES)[model])
    alone = run([], [FeatureSpec("psnr")], FRAMES)
    assert np.array_equal(together["psnr_y"], alone["psnr_y"])


def test_segments_come_while_frames_still_go_in() -> None:
    scorer = SegmentScorer([], [FeatureSpec("psnr")], FORM, threads=1, segment_frames=4)
    with scorer:
        early = 0
        for pair in PAIRS * 20:
            scorer.feed(*pair)
            early += len(scorer.take())
        assert early > 0


def test_closing_in_the_middle_frees_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    held: set[object] = set()

    def counted[Kind: type[Context | Model]](kind: Kind) -> Kind:
        class Counted(kind):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                held.add(self)

            def close(self) -> None:
                super().close()
                held.discard(self)

        return Counted  # type: ignore[return-value]

    monkeypatch.setattr("vmafx_core.scoring.segments.Context", counted(Context))
    monkeypatch.setattr("vmafx_core.scoring.segments.Model", counted(Model))
    threads = threading.active_count()
    scorer = SegmentScorer([(ModelSpec(version="vmaf_v0.6.1"), "m")], [], FORM,
                           threads=2, segment_frames=6)  # fmt: skip
    for pair in PAIRS[:13]:
        scorer.feed(*pair)
    assert len(held) >= 2  # the model, and the segment that is being fed
    scorer.close()
    assert not held
    assert threading.active_count() == threads
    scorer.close()


def test_a_feature_that_libvmaf_drops_in_silence_is_an_error() -> None:
    small = PictureFormat(64, 64, Chroma.C420, 8)
    scorer = SegmentScorer([], [FeatureSpec("cambi")], small, threads=1, segment_frames=10)
    with scorer:
        scorer.feed(frame(0, 64, 64), frame(1, 64, 64))
        with pytest.raises(WorkError, match="libvmaf"):
            scorer.finish()
