"""Results with realistic numbers, built without scoring anything."""

from fractions import Fraction

import numpy as np

from vmafx_core.media.types import Chroma, PictureFormat, VideoInfo
from vmafx_core.notice import Notice, info, warning
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.result import (
    FrameAccount,
    Metric,
    MetricKind,
    ModelUse,
    PairResult,
    ScoreResult,
    Scores,
    Versions,
    WorstFrame,
)


def video(location: str, *, width: int = 1920, height: int = 1080, frames: int = 100) -> VideoInfo:
    """An 8-bit 4:2:0 H.264 video at 25 frames a second."""
    return VideoInfo(
        location=location,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        codec="h264",
        width=width,
        height=height,
        coded_width=width,
        coded_height=height,
        pix_fmt="yuv420p",
        chroma=Chroma.C420,
        depth=8,
        frame_rate=Fraction(25),
        variable_rate=False,
        frame_count=frames,
        duration=frames / 25,
        bit_rate=2_500_000,
        color_range="limited",
        matrix="bt709",
        primaries="bt709",
        transfer="bt709",
        rotation=0,
        interlaced=False,
        sample_aspect=Fraction(1),
    )


def metric(name: str, kind: MetricKind, values: Scores) -> Metric:
    """A metric with its pools."""
    return Metric(name=name, kind=kind, values=values, pooled=pool(values))


def pair(
    location: str = "dis.mp4",
    *,
    frames: int = 100,
    quality: float = 90.0,
    metrics: dict[str, Metric] | None = None,
    notices: tuple[Notice, ...] = (),
    seed: int = 7,
) -> PairResult:
    """A pair around a VMAF of `quality`, scaled from 720p, with a drop in its second third."""
    rng = np.random.default_rng(seed)
    scores = quality + 3 * np.sin(np.arange(frames) / 9) + rng.normal(0, 1, frames)
    scores[frames // 2 : frames // 2 + max(1, frames // 20)] -= 20
    scores = np.clip(scores, 0, 100)
    made = metrics or {
        "vmaf": metric("vmaf", MetricKind.MODEL, scores),
        "psnr_y": metric("psnr_y", MetricKind.REQUESTED, 30 + scores / 10),
        "float_ms_ssim": metric("float_ms_ssim", MetricKind.REQUESTED, 0.9 + scores / 1001),
        "integer_adm2": metric("integer_adm2", MetricKind.ELEMENTARY, scores / 100),
        "integer_motion2": metric("integer_motion2", MetricKind.ELEMENTARY, scores / 20),
    }
    lead = next(iter(made.values())).values
    times = np.arange(lead.size) / 25
    return PairResult(
        distorted=video(location, width=1280, height=720, frames=frames),
        picture=PictureFormat(1920, 1080, Chroma.C420, 8),
        reference_filters="",
        distorted_filters="scale=1920:1080:flags=bicubic",
        pairing="index",
        offset=0,
        offset_source="none",
        models=(
            ModelUse(
                metric="vmaf",
                version="vmaf_v0.6.1",
                path="",
                flags=("disable_clip",),
                overrides=(("adm.adm_enhn_gain_limit", "1.2"),),
                range=(0.0, 100.0),
            ),
        ),
        metrics=made,
        times=times,
        distorted_times=times,
        frames=FrameAccount(
            reference_read=frames,
            distorted_read=frames,
            scored=frames,
            reference_left=0,
            distorted_left=0,
            counts_match=True,
        ),
        worst=tuple(
            WorstFrame(int(i), float(times[i]), float(lead[i]))
            for i in np.argsort(lead, kind="stable")[:5]
        ),
        notices=(
            info("scaled", f"{location} was scaled from 1280x720 to 1920x1080."),
            *notices,
        ),
        seconds=2.0,
    )


def result(*pairs: PairResult, reference: str = "ref.mp4") -> ScoreResult:
    """A result of these pairs; of one pair where none is given."""
    return ScoreResult(
        reference=video(reference),
        pairs=pairs or (pair(),),
        versions=Versions(
            vmafx="0.1.0",
            libvmaf="3.2.0",
            libvmaf_path="libvmaf.so.3",
            ffmpeg="62.11.100",
            pyav="19.0.0",
        ),
        threads=2,
        notices=(warning("start-shifted", "The start of dis.mp4 looks shifted by 2 frames."),),
        seconds=2.1,
    )
