"""Searching a setting, encoding the whole source with it, and verifying what came out.

Until all is well the encode lies in a folder beside the output: an interrupted run goes on with
what is finished, and what was measured for the search is in the cache.
"""

import hashlib
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.errors import InputError, WorkError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.requirements import Requirement
from vmafx_core.scoring.result import PairResult
from vmafx_core.tune.audio import COPIED, Audio
from vmafx_core.tune.crf import CrfRequest, CrfResult, crf_events
from vmafx_core.tune.events import Advanced, Done, Told, TuneEvent
from vmafx_core.tune.jobs import Running, run_jobs
from vmafx_core.tune.points import Point
from vmafx_core.tune.remux import check_output, remux
from vmafx_core.tune.verifying import verified
from vmafx_core.tune.workplace import workplace

_TELL_EVERY = 0.25
# A whole that misses a target by no more than this part of it is left as it is: the sample stands
# for it.
TOLERANCE = 0.005
_MOST_CORRECTIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """What the verification of one encode of the whole source gave.

    Attributes:
        point: The setting, as the sample had it.
        pair: The scores of all frames.
        video_bytes: Bytes of the encoded video.
        seconds: Length of the video.
    """

    point: Point
    pair: PairResult
    video_bytes: int
    seconds: float

    @property
    def bit_rate(self) -> float:
        """Bits a second."""
        return self.video_bytes * 8 / self.seconds

    def value(self, target: Requirement) -> float:
        """The pooled value over all frames that a target is about."""
        metrics = self.pair.metrics
        metric = metrics.get(target.metric) or next(iter(metrics.values()))
        return float(getattr(metric.pooled, target.pool))

    def deficit(self, target: Requirement) -> float:
        """By how much a target is missed, in its metric's unit; 0 or less where it is met."""
        missing = target.value - self.value(target)
        return missing if target.operator in {">=", ">"} else -missing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncodeResult:
    """What came out of it all.

    Attributes:
        search: The last search.
        output: The file, written where the targets are met.
        verdict: What its verification gave; None where nothing was encoded.
        corrections: How often it was encoded anew, finer, because it missed a target.
        met: Whether the video meets all targets, within the tolerance.
        seconds: Wall time.
    """

    search: CrfResult
    output: Path
    verdict: Verdict | None
    corrections: int
    met: bool
    seconds: float


def encode_events(
    request: CrfRequest, output: Path, audio: Audio = COPIED
) -> Generator[TuneEvent[EncodeResult]]:
    """Search, encode the whole source, verify; closing the generator cancels.

    Args:
        request: What is searched.
        output: The file to write; it has its name only when all is well.
        audio: What becomes of the source's audio.

    Yields:
        The events of the search, of encoding and of verifying, then `Done`.

    Raises:
        UsageError: The request contradicts itself, or another run writes the same file.
        InputError: The source cannot be read.
        ComponentError: The encoder or libvmaf is not usable here.
        WorkError: Encoding, verifying or writing failed; nothing has the final name then.
    """
    began = time.monotonic()
    check_output(output, find_encoder(request.setting.encoder).codec, request.source)
    with workplace(output) as folder:
        search = yield from _search(request)
        verdict: Verdict | None = None
        met = False
        corrections = 0
        video = folder
        while search.found.pick:
            video, verdict = yield from _made(request, search.found.pick, folder)
            met = all(verdict.deficit(t) <= TOLERANCE * abs(t.value) for t in request.targets)
            if met or corrections == _MOST_CORRECTIONS:
                break
            finer = yield from _search(_raised(search.request, request, verdict))
            if finer.found.pick is None or finer.found.pick.setting == verdict.point.setting:
                break
            search, corrections = finer, corrections + 1
        if met:
            finished = folder / f"finished{output.suffix}"
            yield from map(Told, remux(video, request.source, finished, audio))
            finished.replace(output)
    yield Done(
        EncodeResult(
            search=search,
            output=output,
            verdict=verdict,
            corrections=corrections,
            met=met,
            seconds=time.monotonic() - began,
        )
    )


def _search(request: CrfRequest) -> Generator[TuneEvent[Any], None, CrfResult]:
    for event in crf_events(replace(request, verify=False)):
        if isinstance(event, Done):
            return event.result
        yield event
    raise WorkError("the search ended without a result")


def _raised(search: CrfRequest, asked: CrfRequest, verdict: Verdict) -> CrfRequest:
    """The search again, for targets that are stricter by what the whole missed of them."""
    targets = []
    for now, original in zip(search.targets, asked.targets, strict=True):
        more = max(0.0, verdict.deficit(original))
        sign = 1 if original.operator in {">=", ">"} else -1
        targets.append(replace(now, value=now.value + sign * more))
    return replace(search, targets=tuple(targets))


def _made(
    request: CrfRequest, pick: Point, folder: Path
) -> Generator[TuneEvent[Any], None, tuple[Path, Verdict]]:
    """Encode the whole source as picked, unless that was done, and verify it."""
    video = folder / _name(request.source, pick)
    if not video.exists():
        for old in folder.glob("video-*"):
            old.unlink()
        yield from _encoded(request, pick.setting, video)
    frames, video_bytes, seconds = _counted(video)
    pair = yield from verified(request.source, video, frames, request.measuring)
    return video, Verdict(point=pick, pair=pair, video_bytes=video_bytes, seconds=seconds)


def _name(source: InputSpec, pick: Point) -> str:
    """A name that says what is in the file: which source, as it is now, and how it is encoded."""
    path = Path(source.location)
    state = path.stat() if path.is_file() else None
    what = (source, state and (state.st_size, state.st_mtime_ns), pick.setting, pick.pix_fmt)
    digest = hashlib.sha256(repr((*what, pick.encoder_version)).encode()).hexdigest()
    return f"video-{digest[:16]}.mp4"


def _encoded(
    request: CrfRequest, setting: EncodeSetting, video: Path
) -> Generator[TuneEvent[Any], None, None]:
    """Encode the whole source into a file.

    Yields:
        `Advanced`.
    """
    unfinished = video.with_name(f"unfinished-{video.name}")
    threads = request.measuring.threads or 0
    began = time.monotonic()

    def work(running: Running) -> None:
        with VideoSource(request.source, threads=threads) as source:
            encode_file(
                pictures(source, running), source.info, setting, unfinished, threads=threads
            )

    def pictures(source: VideoSource, running: Running) -> Iterator[av.VideoFrame]:
        told = began
        for done, picture in enumerate(source.frames()):
            running.go_on()
            now = time.monotonic()
            if now - told >= _TELL_EVERY:
                told = now
                total = source.info.frame_count
                running.tell(
                    Advanced(phase="encoding", done=done, total=total, seconds=now - began)
                )
            yield picture

    yield from run_jobs([work], 1)
    unfinished.replace(video)


def _counted(video: Path) -> tuple[int, int, float]:
    """Frames of an encode, bytes of its packets, and its length in seconds."""
    frames = size = 0
    try:
        with av.open(f"file:{video}") as container:
            stream = container.streams.video[0]
            for packet in container.demux(stream):
                frames += packet.size > 0
                size += packet.size
            length = (container.duration or 0) / av.time_base
    except (av.FFmpegError, OSError) as error:
        raise InputError(f"{video.name}: cannot be read: {error.strerror or error}") from error
    if not frames or not length:
        raise WorkError(f"{video.name}: the encode is empty", "Remove its folder and try again.")
    return frames, size, length
