"""Scoring pairs of a daemon's client while they are sent."""

from pathlib import Path
from typing import Any

import pytest

from support.daemon import Daemon
from support.streams import Talk, config, frames, made_pairs, scored_here
from vmafx_rpc.messages import scoring

FRAMES = 12


def check(
    daemon: Daemon,
    folder: Path,
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = (160, 120),
    model: str = "vmaf_v0.6.1",
    **options: Any,
) -> None:
    """Compare what is told of each frame, and in the end, with scoring here."""
    pairs = made_pairs(FRAMES, pix_fmt, *size)
    kind = scoring.PixelFormat.Value(f"PIXEL_FORMAT_{pix_fmt.upper()}")
    first = config(width=size[0], height=size[1], pixel_format=kind, model=model, options=options)
    *scores, last = Talk(daemon.client(remote=True), first, *frames(pairs)).answers()
    models = [] if options.get("no_prediction") else [model]
    features = options.get("feature", ())
    here = scored_here(folder, pairs, pix_fmt, *size, models=models, features=features)
    told = [answer.frame_score for answer in scores]
    assert [score.frame_index for score in told] == list(range(FRAMES))
    for name, metric in here.metrics.items():
        assert [score.features[name] for score in told] == metric.values.tolist()
    assert [score.score for score in told] == here.lead.values.tolist()
    pooled = {name: metric.pooled.mean for name, metric in here.metrics.items()}
    assert dict(last.aggregate.features) == pooled
    assert last.aggregate.score == here.lead.pooled.mean
    assert last.aggregate.frames_processed == last.aggregate.provenance.frames == FRAMES
    assert last.aggregate.provenance.libvmaf_version


@pytest.mark.parametrize("kind", scoring.PixelFormat.values()[1:])
def test_every_pixel_format_gives_what_scoring_here_gives(
    daemon: Daemon, tmp_path: Path, kind: int
) -> None:
    pix_fmt = scoring.PixelFormat.Name(kind).removeprefix("PIXEL_FORMAT_").lower()
    check(daemon, tmp_path, pix_fmt)


def test_scores_may_be_told_in_runs(daemon: Daemon, tmp_path: Path) -> None:
    pairs = made_pairs(FRAMES)
    first = config(model="vmaf_v0.6.1", scores_in_runs=True)
    *runs, last = Talk(daemon.client(remote=True), first, *frames(pairs)).answers()
    here = scored_here(tmp_path, pairs, models=["vmaf_v0.6.1"])
    assert {run.WhichOneof("message") for run in runs} == {"frame_scores"}
    told: dict[str, list[float]] = {}
    for run in runs:
        assert run.frame_scores.first == len(told.get("vmaf", []))
        for metric in run.frame_scores.metrics:
            told.setdefault(metric.name, []).extend(metric.values)
    assert told == {name: metric.values.tolist() for name, metric in here.metrics.items()}
    assert last.aggregate.score == here.lead.pooled.mean


@pytest.mark.parametrize(
    "asked",
    [
        {"model": "vmaf_v1.0.16_3d0h", "size": (321, 181)},
        {"model": "vmaf_v1.0.16_hfr_3d0h", "size": (224, 160), "feature": ["psnr", "ciede"]},
        {"model": "vmaf_4k_v0.6.1:disable_clip"},
        {"feature": ["float_ssim", "psnr_hvs"], "no_prediction": True},
    ],
)
def test_models_and_features_give_what_they_give_here(
    daemon: Daemon, tmp_path: Path, asked: dict[str, Any]
) -> None:
    check(daemon, tmp_path, **asked)
