"""Searching a setting, encoding the whole source with it, and verifying what came out.

Until all is well the encode lies in a folder beside the output: an interrupted run goes on with
what is finished, and what was measured for the search is in the cache.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av

from vmafx_cli.tune.encode.output import check_output
from vmafx_cli.tune.encode.verifying import verified
from vmafx_cli.tune.search.crf import CrfRequest, CrfResult, crf_events, most_bit_rate
from vmafx_core.chunks.encoding import digest_of, identity_of
from vmafx_core.chunks.stretches import encode_whole
from vmafx_core.chunks.workplace import unfinished, workplace
from vmafx_core.encoders.audio import COPIED, Audio
from vmafx_core.errors import InputError, WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.packaging.remux import remux
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import Point, pooled
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.targets import range_of
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement
from vmafx_core.scoring.result import PairResult

# A whole that misses a target or a bound by no more than this part of it is left as it is: the
# sample stands for it.
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
        return pooled(self.pair.metrics, target)

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
        missed: What it misses by more than the tolerance: targets, and the bound on its size.
        seconds: Wall time.
    """

    search: CrfResult
    output: Path
    verdict: Verdict | None
    corrections: int
    missed: tuple[str, ...]
    seconds: float

    @property
    def met(self) -> bool:
        """Whether there is a video, and it misses nothing."""
        return self.verdict is not None and not self.missed


def encode_events(
    request: CrfRequest, output: Path, audio: Audio = COPIED, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[EncodeResult]]:
    """Search, encode the whole source, verify; closing the generator cancels.

    Args:
        request: What is searched.
        output: The file to write; it has its name only when all is well.
        audio: What becomes of the source's audio.
        prober: Where settings are measured; the whole source is encoded and verified here.

    Yields:
        The events of the search, of encoding and of verifying, then `Done`.

    Raises:
        UsageError: The request contradicts itself, or another run writes the same file.
        InputError: The source cannot be read.
        ComponentError: The encoder or libvmaf is not usable here.
        WorkError: Encoding, verifying or writing failed; nothing has the final name then.
    """
    began = time.monotonic()
    form, notices = check_output(output, request.setting.encoder, request.source, audio)
    yield from map(Told, notices)
    with workplace(output) as folder:
        search = yield from _search(request, prober)
        verdict: Verdict | None = None
        missed: tuple[str, ...] = ()
        corrections = 0
        video = folder
        while search.found.pick:
            video = _video(request.source, search.found.pick, folder)
            if not (corrections or video.exists()):
                _remove_others(video)
            verdict = yield from _made(request, search.found.pick, video)
            most = most_bit_rate(request, search.source)
            missed = _missed(verdict, request, most)
            if not missed or corrections == _MOST_CORRECTIONS:
                break
            # What is only too large stays so: it is the coarsest that meets the targets.
            finer = yield from _search(_raised(search.request, request, verdict), prober)
            if finer.found.pick is None or finer.found.pick.setting == verdict.point.setting:
                break
            search, corrections = finer, corrections + 1
        if verdict and not missed:
            whole = unfinished(folder / output.name)
            remux(video, request.source, whole, form, audio)
            whole.replace(output)
    yield Done(
        EncodeResult(
            search=search,
            output=output,
            verdict=verdict,
            corrections=corrections,
            missed=missed,
            seconds=time.monotonic() - began,
        )
    )


def _search(request: CrfRequest, prober: Prober) -> Generator[TuneEvent[Any], None, CrfResult]:
    for event in crf_events(replace(request, verify=False), prober):
        if isinstance(event, Done):
            return event.result
        yield event
    raise WorkError("the search ended without a result")


def _missed(verdict: Verdict, asked: CrfRequest, most: float | None) -> tuple[str, ...]:
    """What was asked for that an encode misses by more than the tolerance."""
    missed = [t.text for t in asked.targets if verdict.deficit(t) > TOLERANCE * abs(t.value)]
    if most is not None and verdict.bit_rate > most * (1 + TOLERANCE):
        missed.append(f"{most / 1000:.0f} kb/s at most")
    return tuple(missed)


def _raised(search: CrfRequest, asked: CrfRequest, verdict: Verdict) -> CrfRequest:
    """The search again, for targets that are stricter by what the whole missed of them."""
    targets = []
    for now, original in zip(search.targets, asked.targets, strict=True):
        more = max(0.0, verdict.deficit(original))
        sign = 1 if original.operator in {">=", ">"} else -1
        low, high = range_of(now, search.measuring.models)
        targets.append(replace(now, value=min(max(now.value + sign * more, low), high)))
    return replace(search, targets=tuple(targets))


def _video(source: InputSpec, pick: Point, folder: Path) -> Path:
    """Where the encode of the whole source is, or will be."""
    return folder / f"video-{digest_of(identity_of(source), pick)}.mp4"


def _remove_others(video: Path) -> None:
    """Delete what an earlier run has left of other encodes.

    Those from which the search of this run was corrected stay: it would begin with them again.
    """
    for old in video.parent.glob("video-*"):
        if not old.name.startswith(video.stem):
            old.unlink()


def _made(
    request: CrfRequest, pick: Point, video: Path
) -> Generator[TuneEvent[Any], None, Verdict]:
    """Encode the whole source as picked, unless that was done, and verify it."""
    if not video.exists():
        yield from encode_whole(request.source, pick, video, threads=request.measuring.threads or 0)
    frames, video_bytes, seconds = _counted(video)
    pair = yield from verified(request.source, video, frames, request.measuring)
    return Verdict(point=pick, pair=pair, video_bytes=video_bytes, seconds=seconds)


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
