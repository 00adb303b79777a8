"""Pictures of the worst frames: what a score of 40 looks like.

Scoring keeps no pictures. The few that a report shows are read again: each side is opened at the
time that was recorded for the frame, goes through the same filters, and becomes a JPEG.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import av
import numpy as np

from vmafx_core.backends.role import Role
from vmafx_core.errors import InputError, RemoteError, VmafxError
from vmafx_core.limits import usable_cpus
from vmafx_core.media.convert import Converter
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec, PictureFormat, VideoInfo
from vmafx_core.scoring.drawing import Luma, difference, heat, jpeg
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import NO_REFERENCE, PairResult, ScoreResult, WorstFrame

if TYPE_CHECKING:
    from vmafx_core.scoring.neural import NeuralMetric

# A dark drop of a second is one moment; its single frames look alike.
_SECONDS_APART = 1.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One frame pair as pictures, each a JPEG.

    Attributes:
        frame: Which frame, and its score.
        distorted: The distorted picture as it was scored.
        reference: The reference as it was scored; empty where there is none.
        difference: Where their luma differs, amplified and coloured; likewise.
        saliency: Where people look in the reference, by the name of the model that tells.
    """

    frame: WorstFrame
    distorted: bytes
    reference: bytes = b""
    difference: bytes = b""
    saliency: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class PairPictures:
    """The worst frames of one pair.

    Attributes:
        snapshots: The frames, worst first.
        reason: Which pictures there are not, and why; empty where all are there.
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
    lookers, reason = _lookers(result, request)
    return tuple(
        _pictures(_Sides(result.reference, request.reference, pair, spec), count, lookers, reason)
        for pair, spec in zip(result.pairs, request.distorted or (request.reference,), strict=True)
    )


def _lookers(result: ScoreResult, request: ScoreRequest) -> "tuple[tuple[NeuralMetric, ...], str]":
    """The run's saliency models, loaded again; or why they cannot be."""
    roles = {use.model: use.role for use in result.pairs[0].neural}
    wanted = [spec for spec in request.neural if roles.get(spec.model) == Role.SALIENCY]
    if not wanted:
        return (), ""
    from vmafx_core.scoring.neural import load_neural  # most runs do without

    try:
        threads = request.threads or usable_cpus()
        return load_neural(wanted, request.device, threads=threads, alone=True), ""
    except VmafxError as error:
        # Scores may have come from a daemon, which has models that are not here.
        return (), f"It is not shown where people look: {error.message}"


@dataclass(frozen=True, slots=True)
class _Sides:
    """Where the pictures of a pair come from."""

    reference: VideoInfo
    reference_spec: InputSpec
    pair: PairResult
    spec: InputSpec

    def shown(self, frame: WorstFrame, lookers: "Sequence[NeuralMetric]") -> Snapshot:
        """Read a frame of both sides again, and draw it."""
        pair, aspect = self.pair, self.reference.sample_aspect
        reference = _picture_at(
            self.reference_spec, self.reference, pair.reference_filters, pair.picture, frame.time
        )
        if pair.pairing == NO_REFERENCE:
            return Snapshot(frame, jpeg(reference, aspect))
        time = float(pair.distorted_times[frame.index])
        other = _picture_at(self.spec, pair.distorted, pair.distorted_filters, pair.picture, time)
        luma = _luma(reference, pair.picture)
        return Snapshot(
            frame,
            jpeg(other, aspect),
            jpeg(reference, aspect),
            jpeg(difference(luma, _luma(other, pair.picture)), aspect),
            tuple((m.model, jpeg(_seen(m, reference, luma), aspect)) for m in lookers),
        )


def _seen(metric: "NeuralMetric", picture: av.VideoFrame, luma: Luma) -> av.VideoFrame:
    """A picture with where people look in it."""
    from vmafx_core.scoring.viewing import saliency_maps  # most runs do without

    (weights,) = saliency_maps(metric.session, [picture])
    return heat(weights, luma)


def _pictures(
    sides: _Sides, count: int, lookers: "Sequence[NeuralMetric]", reason: str
) -> PairPictures:
    for location in (sides.reference_spec.location, sides.spec.location):
        if is_pipe(location):
            name = name_of(location)
            return PairPictures((), f"There are no pictures: {name} can be read only once.")
    try:
        snapshots = tuple(sides.shown(f, lookers) for f in worst_moments(sides.pair, count))
    except (InputError, RemoteError) as error:
        return PairPictures((), f"There are no pictures: {error.message}")
    return PairPictures(snapshots, reason)


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
