"""Bits of an encode shot by shot against those of one quality for all, at the same mean score.

The peer is one encode of the whole, not the sum of its shots: its bits at the mean that was
measured of ours are interpolated between its two neighbouring values, each encoded and measured on
all frames. What is encoded are three clips in a row (a drawn film, a ride on bicycles, a face in a
car), with and without a shot that has film grain. The plain ones are much alike, so that there is
little to move between them: with x264, whose rate factor shares bits nearly so by itself, the best
choice out of all values, each measured for each clip, saves 0 to 2.7 % there, and what saves less
than 2 % is encoded as one. There the figure shows that nothing is lost.
"""

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import material
from bench.measure import Figure, Settings
from bench.programs import FOLDER, convert
from vmafx_cli.tune.shots.encode import ShotsResult, shots_events
from vmafx_cli.tune.shots.plan import ShotsRequest
from vmafx_cli.tune.shots.points import Bounds
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.probing.cache import CACHE_VARIABLE
from vmafx_core.probing.events import Done
from vmafx_core.probing.targets import parse_target
from vmafx_core.scoring.api import score

_FILTERS = "scale=320:180:flags=bicubic,setsar=1,fps=25,format=yuv420p"
_GRAIN = "noise=alls=10:allf=t"
_CLIPS = (("bigbuckbunny.mp4", 60), ("bikes.mp4", 100), ("carphone_pristine.mp4", 60))
_SETTINGS = (
    EncodeSetting(encoder="libx264", quality=23, preset="veryfast"),
    EncodeSetting(encoder="libx265", quality=28, preset="ultrafast"),
    EncodeSetting(encoder="libsvtav1", quality=35, preset="10"),
)
_TARGETS = ("88", "93")
_BOUND = 0.95
_NOTHING_LOST = 1.005  # as far as the same encode takes the same bits


def measure(_: Settings) -> Iterator[Figure]:
    """The ratio of bits for each encoder and target."""
    os.environ[CACHE_VARIABLE] = str((FOLDER / "points").absolute())
    for grain in (True, False):
        source = _film(grain=grain)
        for setting in _SETTINGS:
            bound = _BOUND if grain or setting.encoder != "libx264" else _NOTHING_LOST
            for target in _TARGETS:
                yield _figure(source, setting, target, bound)


def _figure(source: Path, setting: EncodeSetting, target: str, bound: float) -> Figure:
    request = ShotsRequest(
        source=InputSpec(location=str(source)),
        setting=setting,
        bounds=Bounds(parse_target(target)),
    )
    *_, last = shots_events(request, FOLDER / f"shots-{setting.encoder}.mkv")
    if not isinstance(last, Done):
        raise TypeError(f"the encode shot by shot ended with {last}")
    result: ShotsResult = last.result
    encoded, single = result.encoded, result.plan.single
    if encoded is None or single is None:
        raise RuntimeError(f"{source}: nothing meets {target} with {setting.encoder}")
    ours = encoded.totals
    theirs = _single(source, setting, single, ours.score)
    note = (
        f"({ours.bits / 8e3:.1f} kB / {theirs / 8e3:.1f} kB at {ours.score:.2f}, "
        f"{len(result.plan.shots)} shots, {result.plan.probes} probes)"
    )
    what = f"bits, {source.stem}, {setting.encoder} to {target}"
    return Figure(what, ours.bits / theirs, bound, note)


def _single(source: Path, setting: EncodeSetting, value: float, mean: float) -> float:
    """Bits with which one encode of the whole would have that mean score."""
    finer, coarser = _whole(source, setting, value), _whole(source, setting, value + 1)
    while finer[1] < mean:
        value -= 1
        finer, coarser = _whole(source, setting, value), finer
    while coarser[1] > mean:
        value += 1
        finer, coarser = coarser, _whole(source, setting, value + 1)
    share = (mean - coarser[1]) / (finer[1] - coarser[1])
    return math.exp(share * math.log(finer[0]) + (1 - share) * math.log(coarser[0]))


def _whole(source: Path, setting: EncodeSetting, value: float) -> tuple[int, float]:
    """Bits and mean score of one encode of the whole, at one value."""
    path = FOLDER / f"whole-{setting.encoder}.mkv"
    with VideoSource(InputSpec(location=str(source))) as video:
        made = encode_file(video.frames(), video.info, replace(setting, quality=value), path)
    (pair,) = score(str(source), str(path)).pairs
    return made.video_bytes * 8, pair.metrics["vmaf"].pooled.mean


def _film(*, grain: bool) -> Path:
    """The clips in a row, without loss."""
    parts = [_part(name, frames) for name, frames in _CLIPS]
    if grain:
        parts.append(_part(*_CLIPS[0], _GRAIN))
    playlist = FOLDER / f"film{'-grain' if grain else ''}.txt"
    entries = "".join(f"file {part.name}\n" for part in parts)
    playlist.write_text(f"ffconcat version 1.0\n{entries}", encoding="utf-8")
    return convert(playlist, playlist.with_suffix(".mkv"), "-c", "copy")


def _part(name: str, frames: int, further: str = "null") -> Path:
    """The beginning of a clip, filtered, without loss."""
    target = FOLDER / f"part-{Path(name).stem}-{further.partition('=')[0]}.mkv"
    options = ["-frames:v", str(frames), "-vf", f"{_FILTERS},{further}", "-c:v", "ffv1"]
    return convert(material.real(name), target, *options)
