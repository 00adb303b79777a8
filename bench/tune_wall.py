"""Wall time of `vmafx tune crf` against what people do now: FFmpeg for every probe, and bisection.

The peer encodes each probe to a file with one ffmpeg, measures it with another and its libvmaf
filter, and chooses the next value as ab-av1 does: the middle of the range, then three fifths of the
way to its end, then linear interpolation between the two nearest tries; it ends when the score is
above the target by no more than a tolerance that doubles with every try. It uses all frames.

Of a film of more than two minutes ours uses a sample, as it does unless it is told otherwise; its
pick is then encoded whole, outside of the time that is taken, to see how far it is from the target.
Of short clips both use all frames, where what is left to save are probes alone. The figure over all
searches is the geometric mean of their own ratios, in which none weighs more than another.
"""

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import geometric_mean

from bench import material, tune_encode
from bench.measure import Figure, Settings
from bench.programs import FFMPEG, FOLDER, VMAFX, pooled_mean, theirs


@dataclass(frozen=True, slots=True)
class _Case:
    """A search: the clip, the encoder with its preset and the peer's range, and the target."""

    clip: Path
    encoder: str
    preset: str
    range: tuple[int, int]
    target: int

    def __str__(self) -> str:
        return f"{self.clip.stem}, {self.encoder} to {self.target}"


_X26X, _SVT = (10, 46), (10, 63)
_BOUND = 0.5
_BOUND_PROBES = 0.75  # where nothing but probes can be saved
_MOST_APART = 0.5
_FIRST_TOLERANCE = 0.1
_CLIPS = ("bikes.mp4", "bigbuckbunny.mp4")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How a search ended."""

    seconds: float
    quality: int
    score: float
    probes: int


def measure(_: Settings) -> Iterator[Figure]:
    """How far the picks are from their targets, and the ratios of the times of all searches."""
    film, bikes, bunny = tune_encode.film(), *map(material.real, _CLIPS)
    sampled = (
        _Case(film, "libx264", "veryfast", _X26X, 90),
        _Case(film, "libx265", "ultrafast", _X26X, 86),
        _Case(film, "libsvtav1", "10", _SVT, 93),
    )
    whole = (
        _Case(bikes, "libx264", "medium", _X26X, 90),
        _Case(bikes, "libsvtav1", "8", _SVT, 94),
        _Case(bunny, "libx264", "medium", _X26X, 95),
        _Case(bunny, "libx265", "veryfast", _X26X, 92),
    )
    of_film = yield from _compared("a sample", sampled, _BOUND)
    of_clips = yield from _compared("all frames", whole, _BOUND_PROBES)
    ratios = [*of_film, *of_clips]
    note = f"({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
    yield Figure("wall time of all searches", geometric_mean(ratios), _BOUND, note)


def _compared(
    what: str, cases: tuple[_Case, ...], bound: float
) -> Generator[Figure, None, list[float]]:
    """Search for both; returns the ratios of ours to the peer's."""
    ratios: list[float] = []
    for case in cases:
        ours, peer = _ours(case), _peer(case)
        ratios.append(ours.seconds / peer.seconds)
        print(f"      {case}: {_told(ours)} against {_told(peer)}", flush=True)
        score = _probed(case, ours.quality)
        yield Figure(f"below the target, {case}", max(0.0, case.target - score), _MOST_APART)
    note = f"({len(cases)} searches)"
    yield Figure(f"wall time of searches on {what}", geometric_mean(ratios), bound, note)
    return ratios


def _told(outcome: _Outcome) -> str:
    return (
        f"{outcome.seconds:.1f} s, {outcome.probes} probes, "
        f"crf {outcome.quality} with {outcome.score:.2f}"
    )


def _ours(case: _Case) -> _Outcome:
    command = [VMAFX, "tune", "crf", str(case.clip), "--no-cache", "--format", "json"]
    command += ["--encoder", case.encoder, "--preset", case.preset, "--target", str(case.target)]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True)
    seconds = time.perf_counter() - began
    result = json.loads(done.stdout)["result"]
    pick = result["pick"]
    quality = round(pick["setting"]["quality"])
    return _Outcome(seconds, quality, pick["values"][0], result["probes"])


def _peer(case: _Case) -> _Outcome:
    began = time.perf_counter()
    tries = interpolated_bisection(partial(_probed, case), *case.range, case.target)
    seconds = time.perf_counter() - began
    quality = max((q for q, score in tries.items() if score >= case.target), default=min(tries))
    return _Outcome(seconds, quality, tries[quality], len(tries))


def _probed(case: _Case, quality: int) -> float:
    """Encode all frames with one ffmpeg, score them with another."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        encode = Path(folder, "probe.mkv")
        command = [FFMPEG, "-v", "error", "-nostdin", "-y", "-i", str(case.clip), "-an"]
        command += ["-c:v", case.encoder, "-preset", case.preset, "-crf", str(quality)]
        subprocess.run([*command, str(encode)], check=True, capture_output=True)
        scoring = theirs(case.clip, encode, model="vmaf_v0.6.1")
        subprocess.run(scoring, check=True, capture_output=True)
    return pooled_mean("theirs.json")


def interpolated_bisection(
    probe: Callable[[int], float], low: int, high: int, target: float
) -> dict[int, float]:
    """Search as ab-av1 documents it.

    Args:
        probe: Measures a value.
        low: The finest value.
        high: The coarsest value.
        target: The score to reach.

    Returns:
        All tries, value to score, in order.
    """
    tries: dict[int, float] = {}
    quality = (low + high) // 2
    tolerance = _FIRST_TOLERANCE
    while True:
        score = tries[quality] = probe(quality)
        met = score >= target
        if met and score < target + tolerance:
            return tries
        tolerance *= 2
        edge = high if met else low
        beyond = [q for q in tries if (q > quality if met else q < quality)]
        nearest = min(beyond, key=lambda q: abs(q - quality), default=None)
        if quality == edge or (nearest is not None and abs(nearest - quality) == 1):
            return tries
        if nearest is not None:
            finer, coarser = sorted((quality, nearest))
            quality = _interpolated(tries, finer, coarser, target)
        elif len(tries) == 1 and abs(edge - quality) > 1:
            quality = round(0.4 * quality + 0.6 * edge)
        else:
            quality = edge


def _interpolated(tries: dict[int, float], finer: int, coarser: int, target: float) -> int:
    """Where the line through two tries meets the target, strictly between them."""
    share = (target - tries[coarser]) / (tries[finer] - tries[coarser])
    quality = round(coarser - (coarser - finer) * share)
    return min(max(quality, finer + 1), coarser - 1)
