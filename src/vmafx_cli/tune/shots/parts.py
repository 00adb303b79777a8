"""Encoding the shots of a plan in parallel, each to a file of its own."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

from vmafx_cli.tune.shots.film import Film
from vmafx_cli.tune.shots.plan import PlannedShot, ShotPlan
from vmafx_core.chunks.encoding import digest_of, encode_kept
from vmafx_core.chunks.joining import Part
from vmafx_core.chunks.progress import Progress
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.parallel import Job, Running, run_jobs, share_cpus


def encode_shots(plan: ShotPlan, folder: Path) -> Generator[TuneEvent[Any], None, list[Part]]:
    """Encode the pieces of a plan that are not yet in the folder; returns where all are.

    Yields:
        `Advanced` over all shots.

    Raises:
        InputError: The source cannot be read as it was before.
        ComponentError: The encoder is not usable here.
        WorkError: Encoding failed.
    """
    film = plan.film
    workers, threads = share_cpus(len(plan.pieces), plan.request.measuring.threads)
    parts = [Part(folder / _name(film, planned), planned.shot.frames) for planned in plan.pieces]
    kept = sum(part.frames for part in parts if part.path.exists())
    progress = Progress("encoding", film.frames, kept)
    jobs = [
        _job(film, planned, part, progress, threads)
        for planned, part in zip(plan.pieces, parts, strict=True)
        if not part.path.exists()
    ]
    yield from run_jobs(jobs, workers)
    return parts


def _job(
    film: Film, planned: PlannedShot, part: Part, progress: Progress, threads: int
) -> Job[None]:
    def work(running: Running) -> None:
        pictures = film.pictures(planned.shot, threads=threads)
        encode_kept(
            part.path,
            pictures,
            film.info,
            planned.point,
            running=running,
            progress=progress,
            threads=threads,
            hdr=film.hdr,
        )

    return work


def _name(film: Film, planned: PlannedShot) -> str:
    """A name that says what is in the file: which frames of which source, and how encoded."""
    shot = planned.shot
    times = list(film.times[shot.start_frame : shot.end_frame])
    return f"{shot.start_frame:08}-{digest_of(film.identity, planned.point, times)}.mp4"
