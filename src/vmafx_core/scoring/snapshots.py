"""Pictures of the worst frames: what a score of 40 looks like.

Scoring keeps no pictures. The few that a report shows are read again: each side is opened at the
time that was recorded for the frame, goes through the same filters, and becomes a JPEG.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from vmafx_core.errors import InputError, RemoteError
from vmafx_core.media.convert import Converter
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec, PictureFormat, VideoInfo
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import PairResult, ScoreResult, WorstFrame

WIDTH = 640
"""Widest picture, in samples."""
DIFFERENCE_GAIN = 8
"""How many times a difference of luma is amplified before it is coloured."""

# A dark drop of a second is one moment; its single frames look alike.
_SECONDS_APART = 1.0
# Black, violet, red, orange, pale yellow: brightness rises all the way, so grey prints stay right.
_COLOUR_STOPS = np.array(
    [(0, 0, 0), (80, 18, 123), (200, 45, 70), (252, 150, 20), (252, 255, 190)], np.float32
)

Luma = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One frame pair as pictures.

    Attributes:
        frame: Which frame, and its score.
        reference: The reference as it was scored, a JPEG.
        distorted: The distorted picture as it was scored, a JPEG.
        difference: Where their luma differs, amplified and coloured, a JPEG.
    """

    frame: WorstFrame
    reference: bytes
    distorted: bytes
    difference: bytes


@dataclass(frozen=True, slots=True)
class PairPictures:
    """The worst frames of one pair.

    Attributes:
        snapshots: The frames, worst first.
        reason: Why there are none; empty where there are.
    """

    snapshots: tuple[Snapshot, ...]
    reason: str = ""


def worst_pictures(
    result: ScoreResult, request: ScoreRequest, count: int = 3
) -> tuple[PairPictures, ...]:
    """Read the worst frames of every pair again.

    A pair whose pictures cannot be read again, as from a pipe, has the reason instead.

    Args:
        result: What came out.
        request: What was asked for.
        count: Most frames a pair; they show different moments.

    Returns:
        The pictures of each pair, in the pairs' order.
    """
    return tuple(
        _pictures(result.reference, request.reference, pair, spec, count)
        for pair, spec in zip(result.pairs, request.distorted or (request.reference,), strict=True)
    )


def _pictures(
    reference: VideoInfo, reference_spec: InputSpec, pair: PairResult, spec: InputSpec, count: int
) -> PairPictures:
    for location in (reference_spec.location, spec.location):
        if is_pipe(location):
            name = name_of(location)
            return PairPictures((), f"There are no pictures: {name} can be read only once.")
    aspect = reference.sample_aspect
    snapshots = []
    try:
        for frame in worst_moments(pair, count):
            shown = _picture_at(
                reference_spec, reference, pair.reference_filters, pair.picture, frame.time
            )
            time = float(pair.distorted_times[frame.index])
            other = _picture_at(spec, pair.distorted, pair.distorted_filters, pair.picture, time)
            difference = _difference(_luma(shown, pair.picture), _luma(other, pair.picture))
            jpegs = (_jpeg(picture, aspect) for picture in (shown, other, difference))
            snapshots.append(Snapshot(frame, *jpegs))
    except (InputError, RemoteError) as error:
        return PairPictures((), f"There are no pictures: {error.message}")
    return PairPictures(tuple(snapshots))


def worst_moments(pair: PairResult, count: int) -> Sequence[WorstFrame]:
    """The frames with the worst scores of the leading metric, each of another moment."""
    span = float(pair.times[-1] - pair.times[0])
    apart = min(_SECONDS_APART, span / (2 * count))
    chosen: list[WorstFrame] = []
    for index in pair.lead.worst_first():
        time = float(pair.times[index])
        if all(abs(time - frame.time) >= apart for frame in chosen):
            chosen.append(WorstFrame(int(index), time, float(pair.lead.values[index])))
            if len(chosen) == count:
                break
    return chosen


def _picture_at(
    spec: InputSpec, info: VideoInfo, filters: str, picture: PictureFormat, time: float
) -> av.VideoFrame:
    """The picture that a video shows at a time, in the form in which it was scored."""
    there = replace(spec, start=time, duration=None, skip=0)
    with VideoSource(there, threads=0, default_rate=lambda: info.frame_rate) as source:
        converter = Converter(source.info, filters, picture)
        for frame in source.frames():
            if ready := converter.push(frame):
                return ready[0]
        if ready := converter.flush():
            return ready[0]
    raise InputError(f"{name_of(spec.location)}: there is no picture at {time:.3f} s any more")


def _luma(frame: av.VideoFrame, picture: PictureFormat) -> Luma:
    """The first plane, scaled to 0 to 255; shape (height, width)."""
    plane = frame.planes[0]
    samples = np.frombuffer(plane, np.uint8 if picture.depth == 8 else np.dtype("<u2"))
    rows = samples.reshape(plane.height, -1)[:, : picture.width]
    return rows.astype(np.float32) / np.float32(2 ** (picture.depth - 8))


def _difference(reference: Luma, distorted: Luma) -> av.VideoFrame:
    """Where two pictures differ, from black (equal) to pale yellow."""
    steps = len(_COLOUR_STOPS) - 1
    place = np.minimum(np.abs(reference - distorted) * (DIFFERENCE_GAIN / 255), 1) * steps
    stop = np.minimum(place.astype(np.intp), steps - 1)
    share = (place - stop)[..., np.newaxis]
    rgb = _COLOUR_STOPS[stop] * (1 - share) + _COLOUR_STOPS[stop + 1] * share
    return av.VideoFrame.from_ndarray(rgb.round().astype(np.uint8), format="rgb24")


def _jpeg(frame: av.VideoFrame, aspect: Fraction) -> bytes:
    """A picture as a JPEG of at most `WIDTH`, with square samples."""
    shrink = min(Fraction(1), WIDTH / (frame.width * aspect))
    width = max(2, round(frame.width * aspect * shrink / 2) * 2)
    height = max(2, round(frame.height * shrink / 2) * 2)
    # JPEG's matrix is BT.601 over the full range; an untagged picture has its size's usual one.
    usual = Colorspace.ITU709 if frame.height >= 720 else Colorspace.ITU601
    tagged = frame.colorspace in {matrix.value for matrix in Colorspace}
    small = frame.reformat(
        width,
        height,
        "yuvj420p",
        src_colorspace=frame.colorspace if tagged else usual,
        dst_colorspace=Colorspace.ITU601,
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
        interpolation=Interpolation.AREA,
    )
    small.pts = 0
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
    encoder.time_base = Fraction(1)
    encoder.options = {"qmin": "3", "qmax": "3"}
    return b"".join(bytes(packet) for packet in (*encoder.encode(small), *encoder.encode(None)))
