"""Encoding a source shot by shot: planned, encoded in parallel, joined, verified.

Finished shots lie in a folder beside the output until all is well, so that an interrupted run goes
on where it was; what was measured for the plan is in the cache.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

from vmafx_cli.tune.encode.output import check_output
from vmafx_cli.tune.encode.verifying import verified
from vmafx_cli.tune.shots.film import Film, read_film
from vmafx_cli.tune.shots.parts import encode_shots
from vmafx_cli.tune.shots.plan import (
    ShotPlan,
    ShotsRequest,
    check_shots_request,
    plan_film,
    shot_points,
)
from vmafx_cli.tune.shots.points import Bounds, Totals
from vmafx_core.chunks.joining import join, joinable
from vmafx_core.chunks.workplace import unfinished, workplace
from vmafx_core.encoders.audio import COPIED, Audio
from vmafx_core.errors import WorkError
from vmafx_core.packaging.remux import remux
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import metric_of
from vmafx_core.probing.prober import Prober
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.pooling import pool
from vmafx_core.scoring.result import PairResult

# A whole that misses its target by no more than this is left as it is; otherwise shots are encoded
# anew, finer, so often at most.
_TOLERANCE = 0.05
_MOST_CORRECTIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedShots:
    """The video that came out.

    Attributes:
        path: The file.
        frames: Frames that it has.
        totals: What it costs and gives, measured over all of its frames.
        corrections: How often shots were encoded anew, because the whole missed the target.
    """

    path: Path
    frames: int
    totals: Totals
    corrections: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShotsResult:
    """What came out of it all.

    Attributes:
        plan: How shots are encoded.
        encoded: The video; None where only a plan was wanted.
        met: Whether the bounds are met, by the video if there is one, or else by the plan.
        seconds: Wall time.
    """

    plan: ShotPlan
    encoded: EncodedShots | None
    met: bool
    seconds: float


def shots_events(
    request: ShotsRequest, output: Path | None, audio: Audio = COPIED, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[ShotsResult]]:
    """Plan a source shot by shot and encode it so; closing the generator cancels.

    Args:
        request: What is asked for.
        output: The file to write; None to plan only.
        audio: What becomes of the source's audio.
        prober: Where shots are measured.

    Yields:
        The events of reading, of every probe, of encoding and verifying, then `Done`.

    Raises:
        UsageError: The request contradicts itself, or nothing can meet the target.
        InputError: The source cannot be read.
        ComponentError: The encoder or libvmaf is not usable here, or what it makes of shots cannot
            be joined.
        WorkError: Encoding, joining or scoring failed; nothing has the final name then.
    """
    began = time.monotonic()
    request = replace(request, setting=joinable(request.setting))
    check_shots_request(request)
    form = ""
    if output is not None:
        form, notices = check_output(output, request.setting.encoder, request.source, audio)
        yield from map(Told, notices)
    film = yield from read_film(request.source)
    points = shot_points(request, film, prober)
    plan = yield from plan_film(request, film, points)
    encoded, met = None, plan.met
    if output is not None:
        with workplace(output) as folder:
            for correction in range(_MOST_CORRECTIONS + 1):
                parts = yield from encode_shots(plan, folder)
                joined = unfinished(folder / "joined.mp4")
                video_bytes = join(parts, film.shown, film.time_base, film.end, joined)
                pair = yield from verified(request.source, joined, film.frames, request.measuring)
                totals = _totals(pair, film, request.bounds, video_bytes * 8)
                met = request.bounds.met(totals, _TOLERANCE)
                if met or not plan.met or correction == _MOST_CORRECTIONS:
                    break
                stricter = request.bounds.raised(plan.totals, totals)
                finer = yield from plan_film(replace(request, bounds=stricter), film, points)
                if finer.values == plan.values:
                    break
                plan = finer
            whole = unfinished(folder / output.name)
            remux(joined, request.source, whole, form, audio)
            whole.replace(output)
            encoded = EncodedShots(
                path=output, frames=film.frames, totals=totals, corrections=correction
            )
    yield Done(ShotsResult(plan=plan, encoded=encoded, met=met, seconds=time.monotonic() - began))


def _totals(pair: PairResult, film: Film, bounds: Bounds, bits: float) -> Totals:
    """What the scores of all frames come to, shot by shot."""
    metric = metric_of(pair.metrics, bounds.target)
    if metric is None:
        raise WorkError(f"{bounds.target.metric} was not measured of the joined video")
    scores = [
        getattr(
            pool(
                metric.values[shot.start_frame : shot.end_frame],
                lower_is_better=metric.lower_is_better,
            ),
            bounds.target.pool,
        )
        for shot in film.shots
    ]
    worst = min(scores) if bounds.sign > 0 else max(scores)
    return Totals(bits=bits, score=float(metric.values.mean()), worst=float(worst))
