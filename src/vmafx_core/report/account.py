"""What was done to get the scores, in words: the lines that table and page both show."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from vmafx_core.media.types import VideoInfo
from vmafx_core.notice import counted
from vmafx_core.report.naming import shown_location
from vmafx_core.scoring.result import (
    NO_REFERENCE,
    Metric,
    ModelUse,
    NeuralUse,
    PairResult,
    ScoreResult,
)

Line = tuple[str, str]
"""What it is about, and the words."""


def number(value: float, metric: Metric) -> str:
    """A value of a metric, with as many digits as its range deserves."""
    digits = 2 if max(abs(metric.pooled.min), abs(metric.pooled.max)) >= 10 else 4
    return f"{value:.{digits}f}"


def clock(seconds: float) -> str:
    """Seconds as "1:02.345" or "1:01:02.345"."""
    millis = round(abs(seconds) * 1000)
    minutes, millis = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    rest = f"{millis / 1000:06.3f}"
    return f"{sign}{hours}:{minutes:02}:{rest}" if hours else f"{sign}{minutes}:{rest}"


def frames(count: int) -> str:
    """Count frames in words: "1 frame", "2 frames"."""
    return counted(count, "frame")


def rate(fps: Fraction) -> str:
    """A frame rate as people write it: "25", "29.97"."""
    return f"{float(fps):.3f}".rstrip("0").rstrip(".")


def describe_video(info: VideoInfo) -> str:
    """A video in one line: size, format, rate, codec, bit rate."""
    parts = [f"{info.width}x{info.height}", info.pix_fmt]
    if info.frame_rate is not None:
        parts.append(f"{rate(info.frame_rate)} fps" + (" (variable)" if info.variable_rate else ""))
    parts.append(info.codec)
    if info.bit_rate is not None:
        parts.append(f"{info.bit_rate / 1000:.0f} kb/s")
    return ", ".join(parts)


def describe_model(model: ModelUse) -> str:
    """A model with everything that was set for it."""
    name = model.version + (f" ({model.path})" if model.path else "")
    options = [*model.flags, *(f"{key}={value}" for key, value in model.overrides)]
    low, high = model.range
    return f"{name}, {low:g} to {high:g}" + (f", {', '.join(options)}" if options else "")


def describe_neural(use: NeuralUse) -> str:
    """A neural model, what it is used as and where it ran."""
    where = f"{use.provider} on {use.device}"
    return f"{use.model} ({use.role}, {use.precision}), {where}, ONNX Runtime {use.runtime}"


def describe_frames(pair: PairResult) -> str:
    """Where every frame of the two sides went."""
    account = pair.frames
    text = (
        f"{account.scored} scored of {account.reference_read} reference"
        f" and {account.distorted_read} distorted"
    )
    left = [
        f"{count} {side}"
        for count, side in (
            (account.reference_left, "reference"),
            (account.distorted_left, "distorted"),
        )
        if count
    ]
    return text + (f"; {' and '.join(left)} left over" if left else "")


def describe_pairing(pair: PairResult) -> str:
    """How frames were put together."""
    how = f"by {pair.pairing}"
    if pair.offset == 0:
        return how + (", no offset found" if pair.offset_source == "found" else "")
    late = "later" if pair.offset > 0 else "earlier"
    return f"{how}, distorted {frames(abs(pair.offset))} {late} ({pair.offset_source})"


def reference_line(result: ScoreResult) -> Line:
    """Where the reference is, or the one video, and what it turned out to be."""
    info = result.reference
    what = "video" if result.pairs[0].pairing == NO_REFERENCE else "reference"
    return what, f"{shown_location(info.location)}: {describe_video(info)}"


def pair_lines(pair: PairResult) -> Iterator[Line]:
    """What was done for one distorted video."""
    if pair.pairing != NO_REFERENCE:
        yield "distorted", describe_video(pair.distorted)
    if pair.reference_filters:
        yield "reference filters", pair.reference_filters
    if pair.distorted_filters and pair.pairing != NO_REFERENCE:
        yield "distorted filters", pair.distorted_filters
    picture = pair.picture
    yield "scored as", f"{picture.width}x{picture.height}, {picture.pix_fmt}"
    if pair.pairing == NO_REFERENCE:
        yield "frames", f"{pair.frames.scored} scored, without a reference"
    else:
        yield "pairing", describe_pairing(pair)
        yield "frames", describe_frames(pair)
    for model in pair.models:
        yield "model", describe_model(model)
    for neural in pair.neural:
        yield "neural model", describe_neural(neural)


def run_lines(result: ScoreResult) -> Iterator[Line]:
    """What was done for the run as a whole."""
    versions = result.versions
    scored = sum(pair.frames.scored for pair in result.pairs)
    speed = f" ({scored / result.seconds:.1f} fps)" if result.seconds > 0 else ""
    yield (
        "time",
        f"{frames(scored)} in {result.seconds:.2f} s{speed}, {counted(result.threads, 'thread')}",
    )
    ours = f"vmafx {versions.vmafx}, libvmaf {versions.libvmaf}"
    yield "versions", f"{ours}, FFmpeg {versions.ffmpeg}, PyAV {versions.pyav}"


def common_lines(pairs: Sequence[PairResult]) -> tuple[list[Line], list[list[Line]]]:
    """Split what was done into what holds for all pairs and what holds for each.

    Returns:
        The lines that all pairs share, and for every pair the lines that are its own.
    """
    each = [list(pair_lines(pair)) for pair in pairs]
    shared = [line for line in each[0] if all(line in lines for lines in each)]
    return shared, [[line for line in lines if line not in shared] for lines in each]
