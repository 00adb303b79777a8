"""Encoding the rungs of a ladder as what players stream."""

import shutil
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from vmafx_cli.tune.ladder.hull_search import size_of
from vmafx_core.chunks.encoding import digest_of, encode_kept, identity_of
from vmafx_core.chunks.progress import Progress
from vmafx_core.chunks.workplace import workplace
from vmafx_core.encoders.audio import COPIED, Audio
from vmafx_core.errors import ComponentError, InputError, WorkError
from vmafx_core.media.locations import name_of
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.packaging.audio import audio_notices, cut_audio
from vmafx_core.packaging.dash import Planned
from vmafx_core.packaging.folder import new_folder
from vmafx_core.packaging.fragments import Cut, cut
from vmafx_core.packaging.presentation import Presentation
from vmafx_core.packaging.tracks import VideoTrack
from vmafx_core.probing.events import TuneEvent
from vmafx_core.probing.parallel import Job, Running, run_jobs, share_cpus
from vmafx_core.probing.points import Point
from vmafx_core.probing.sample import Sample
from vmafx_core.scoring.events import Told

type Pictures = Callable[[], Generator[av.VideoFrame]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packaging:
    """What is made of a ladder.

    Attributes:
        folder: The folder to make.
        hls: Whether it gets an HLS master playlist.
        dash: Whether it gets a DASH description.
        media: Whether it gets the media; otherwise only their manifests, from encodes of the
            sample.
        audio: What becomes of the sound.
    """

    folder: Path
    hls: bool
    dash: bool
    media: bool = True
    audio: Audio = COPIED


def package(
    packaging: Packaging,
    source: InputSpec,
    rungs: tuple[Point, ...],
    info: VideoInfo,
    sample: Sample | None,
    *,
    segment_seconds: float,
    threads: int | None,
) -> Generator[TuneEvent[Any], None, Presentation]:
    """Encode rungs, cut them into segments, and write their manifests.

    Finished encodes of whole rungs are kept beside the folder until all is well.

    Args:
        packaging: What is wanted.
        source: The source.
        rungs: The rungs, in order of rate; their settings have fixed key frames.
        info: What the source is.
        sample: What is encoded instead of all of the source, for manifests alone.
        segment_seconds: Length of the segments of sound.
        threads: Threads for all encodes together; None for the CPUs this process may use.

    Yields:
        `Told` for the sound, and `Advanced` over all rungs.

    Raises:
        UsageError: The folder is not empty, or another run makes it.
        InputError: The source cannot be read.
        ComponentError: The encoder does not put key frames where they have to be.
        WorkError: Encoding or writing failed; the folder is not there then.
    """
    yield from map(Told, audio_notices(source, packaging.audio))
    seconds = _length(source, info)
    planned = None
    if sample is None:
        parts: list[Pictures] = [_whole(source)]
        frames = None if seconds is None else int(seconds * (info.frame_rate or ASSUMED_RATE))
    else:
        parts = [w.pictures for w in sample.windows]
        frames = sample.frames
        if packaging.dash:
            planned = _planned(seconds, info, rungs[0])
    workers, each = share_cpus(len(rungs), threads)
    work = _Work(info, parts, frames, Progress("encoding", frames and frames * len(rungs)), each)
    identity = f"{identity_of(source)} {sample.digest if sample else 'whole'}"
    with workplace(packaging.folder) as kept, new_folder(packaging.folder) as folder:
        jobs = [
            _job(folder / _name(number, rung), rung, kept / digest_of(identity, rung), work)
            for number, rung in enumerate(rungs, 1)
        ]
        videos = tuple((yield from run_jobs(jobs, workers)))
        _check_aligned(videos, rungs[0].setting.encoder)
        audios = tuple(cut_audio(source, folder, segment_seconds, packaging.audio))
        presentation = Presentation(videos, audios)
        if packaging.hls:
            presentation.write_hls(folder, media=packaging.media)
        if packaging.dash:
            presentation.write_dash(folder, planned)
        if not packaging.media:
            for track in (*videos, *audios):
                shutil.rmtree(folder / track.name)
    return presentation


@dataclass(frozen=True, slots=True)
class _Work:
    """What all rungs have in common.

    Attributes:
        info: The source.
        parts: The parts of it that are encoded, one after the other.
        frames: Their frames; None where unknown.
        progress: Counts their frames.
        threads: Threads for each encode.
    """

    info: VideoInfo
    parts: Sequence[Pictures]
    frames: int | None
    progress: Progress
    threads: int


def _job(folder: Path, rung: Point, kept: Path, work: _Work) -> Job[VideoTrack]:
    """What encodes all parts of a rung into segments in a folder.

    Args:
        folder: The folder, which is made.
        rung: The rung.
        kept: Where its encodes are, or will be, without what is added to the name.
        work: What all rungs have in common.
    """

    def run(running: Running) -> VideoTrack:
        folder.mkdir()
        cuts = []
        for number, part in enumerate(work.parts):
            file = kept.with_name(f"{kept.name}-{number}.mp4")
            if file.exists():
                work.progress.add(work.frames or 0)
            else:
                encode_kept(
                    file,
                    part(),
                    work.info,
                    rung,
                    running=running,
                    progress=work.progress,
                    threads=work.threads,
                )
            # Of parts that are no whole only the numbers are wanted.
            into = folder / str(number) if len(work.parts) > 1 else folder
            into.mkdir(exist_ok=True)
            with VideoSource(InputSpec(location=str(file))) as source:
                encoded = source.info
            cuts.append(_cut(file, into, rung.setting.encoder))
        return VideoTrack(
            name=folder.name,
            codecs=cuts[0].codecs,
            timescale=cuts[0].timescale,
            start=cuts[0].start,
            segments=tuple(segment for made in cuts for segment in made.segments),
            width=encoded.width,
            height=encoded.height,
            frame_rate=work.info.frame_rate or encoded.frame_rate or ASSUMED_RATE,
            sample_aspect=encoded.sample_aspect,
            transfer=encoded.transfer,
        )

    return run


def _cut(file: Path, folder: Path, encoder: str) -> Cut:
    try:
        with av.open(f"file:{file}") as container:
            video = container.streams.video[0]
            return cut((p for p in container.demux(video) if p.size), video, folder)
    except (av.FFmpegError, ValueError) as error:
        raise WorkError(
            f"what {encoder} encodes cannot be packaged: {error}",
            "Use an encoder of H.264, HEVC, AV1 or VP9.",
        ) from error


def _whole(source: InputSpec) -> Pictures:
    def pictures() -> Generator[av.VideoFrame]:
        with VideoSource(source, threads=0) as opened:
            yield from opened.frames()

    return pictures


def _length(source: InputSpec, info: VideoInfo) -> Fraction | None:
    """Seconds of the part of the source that is wanted; None where unknown."""
    bounds = [] if source.duration is None else [Fraction(source.duration)]
    if info.duration is not None:
        bounds.append(Fraction(info.duration) - Fraction(source.start))
    return min(bounds, default=None)


def _planned(seconds: Fraction | None, info: VideoInfo, rung: Point) -> Planned:
    """How the media will be cut.

    Raises:
        InputError: Nobody knows how long the source is.
    """
    if seconds is None:
        raise InputError(
            f"{name_of(info.location)}: says nothing of its length, which a DASH description needs",
            "Say how much is wanted with --duration, or use --hls.",
        )
    segment = (rung.setting.keyframe_interval or 1) / (info.frame_rate or ASSUMED_RATE)
    return Planned(seconds, segment)


def _check_aligned(videos: Sequence[VideoTrack], encoder: str) -> None:
    """Refuse tracks that players cannot switch between.

    Raises:
        ComponentError: Segments do not begin at the same times.
    """
    lengths = [[Fraction(s.duration, v.timescale) for s in v.segments] for v in videos]
    for video, own in zip(videos, lengths, strict=True):
        if own != lengths[0]:
            raise ComponentError(
                f"{encoder} put key frames of {video.name} elsewhere than those of "
                f"{videos[0].name}: players could not switch between them",
                "Leave out options that decide about key frames, or use another encoder.",
            )


def _name(number: int, rung: Point) -> str:
    """The name of a rung's folder, in order of rate."""
    return f"{number}-{size_of(rung)[1]}p"
