"""Points and results of searches with realistic numbers, built without encoding anything."""

from collections.abc import Sequence

import numpy as np

from support.results import metric, video
from vmafx_cli.tune.search.crf import CrfRequest, CrfResult
from vmafx_cli.tune.search.quality import Found, Reason
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import parse_target
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.result import MetricKind


def point(
    quality: float = 28,
    *,
    vmaf: float | None = None,
    encoder: str = "libx264",
    preset: str = "",
    size: tuple[int, int] | None = None,
    bit_rate: float | None = None,
    seconds: float = 2.0,
    cached: bool = False,
) -> Point:
    """A point of 100 frames, which scores less the coarser it is."""
    mean = 110 - 0.5 * quality if vmaf is None else vmaf
    scores = np.clip(mean + np.sin(np.arange(100)), 0, 100)
    scores += mean - scores.mean()
    rate = 4e6 * 2 ** ((20 - quality) / 6) if bit_rate is None else bit_rate
    return Point(
        setting=EncodeSetting(encoder=encoder, quality=quality, preset=preset, size=size),
        pix_fmt="yuv420p",
        metrics={
            "vmaf": metric("vmaf", MetricKind.MODEL, scores),
            "psnr_y": metric("psnr_y", MetricKind.REQUESTED, scores / 2),
        },
        frames=100,
        duration=4.0,
        video_bytes=round(rate * 4 / 8),
        encode_seconds=seconds,
        score_seconds=1.0,
        cached=cached,
        encoder_version="x264 - core 165",
    )


def crf_result(
    points: Sequence[Point] = (point(26), point(30), point(31)),
    *,
    target: str = "vmaf>=95",
    pick: int | None = 1,
    reason: Reason = Reason.MEASURED,
    location: str = "movie.mkv",
    verified: Point | None = None,
) -> CrfResult:
    """What `tune crf` finds where these points were measured."""
    chosen = None if pick is None else points[pick]
    request = CrfRequest(
        source=InputSpec(location=location),
        setting=EncodeSetting(encoder="libx264", quality=23),
        targets=(parse_target(target),),
        measuring=Measuring(),
        verify=verified is not None,
    )
    found = Found(
        pick=chosen,
        nearest=chosen or points[0],
        reason=reason,
        why="crf 30 meets it; crf 31 misses" if chosen else "even crf 26 misses it",
        points=tuple(points),
        probes=len(points),
        monotone=True,
    )
    return CrfResult(
        request=request,
        source=video(location, frames=3000),
        source_bit_rate=2_500_000.0,
        windows=(Window(10.0, 2.0), Window(70.0, 2.0)),
        whole=False,
        found=found,
        verified=verified,
        seconds=12.5,
    )
