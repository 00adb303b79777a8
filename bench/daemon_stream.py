"""Raw pairs streamed to a daemon over loopback TCP: frame rate, latency, and memory.

They are sent as the client of this project does, which hands pictures over in memory, while
libvmaf has all CPUs; and as a program does that knows nothing of that and sends them in messages.
There each picture is copied several times, in CPU time that libvmaf cannot have as well; so one CPU
is left to that, and the note says what it is without, and by the fastest model, for which it counts
most.
"""

import json
import statistics
import time
from collections.abc import Buffer, Callable, Iterable, Iterator
from functools import cache, partial
from itertools import repeat
from pathlib import Path

import numpy as np
import psutil

from bench import material
from bench.daemon import network, running
from bench.measure import Figure, Settings, ratio, run
from bench.programs import FOLDER, MODELS, convert, ours
from vmafx_core.limits import usable_cpus
from vmafx_rpc.client import Client
from vmafx_rpc.frame_pairs import FramePair, write_pair
from vmafx_rpc.live import score_pairs
from vmafx_rpc.messages import scoring

_FRAMES = material.FRAMES
_WIDTH, _HEIGHT = 1920, 1080
_FRAME_BYTES = _WIDTH * _HEIGHT * 3 // 2
_RATE_BOUND = 1 / 0.95

_Paths = tuple[Path, Path]
_Send = Callable[[Client, scoring.StreamConfig, Iterable[tuple[Buffer, Buffer]]], Iterable[object]]

_FPS = 24
_LATENCY_BOUND = 1.5

_SMALL = 64
_EARLY, _LATE = 2_000, 20_000
_GROWTH_BOUND = 1.05


def measure(settings: Settings) -> Iterator[Figure]:
    """Times for the same frames, seconds from a frame to its score, and growth of memory."""
    paths = _raw(material.hd()), _raw(material.hd_distorted(30))
    with running() as address:
        port, pid = network(address)
        with Client(port) as client:
            for model in MODELS:
                yield _in_memory(client, paths, model, settings.rounds)
            yield _in_messages(client, paths, settings.rounds)
            yield from _latency(client, paths)
            yield _growth(client, psutil.Process(pid))


def _raw(path: Path) -> Path:
    """A clip as raw video."""
    target = FOLDER / f"{path.stem}_{_WIDTH}x{_HEIGHT}.yuv"
    return convert(path, target, "-pix_fmt", "yuv420p", "-f", "rawvideo")


def _in_memory(client: Client, paths: _Paths, model: str, rounds: int) -> Figure:
    config = _config(model, usable_cpus())
    measured, note = _rate(score_pairs, client, paths, config, rounds)
    return Figure(f"ScoreStream / score, 1080p, {model}", measured, _RATE_BOUND, note)


def _in_messages(client: Client, paths: _Paths, rounds: int) -> Figure:
    def rate(model: str, threads: int) -> tuple[float, str]:
        return _rate(_send_messages, client, paths, _config(model, threads), rounds)

    fewer = max(1, usable_cpus() - 1)
    measured, note = rate(MODELS[0], fewer)
    of_fastest, _ = rate(MODELS[1], fewer)
    on_all, _ = rate(MODELS[0], usable_cpus())
    note = f"{note[:-1]}; {of_fastest:.2f} by {MODELS[1]}, {on_all:.2f} on all CPUs)"
    what = f"ScoreStream / score, 1080p, {MODELS[0]}, in messages, a CPU left"
    return Figure(what, measured, _RATE_BOUND, note)


def _rate(
    send: _Send, client: Client, paths: _Paths, config: scoring.StreamConfig, rounds: int
) -> tuple[float, str]:
    """Seconds for all frames, there against here, where the start is not counted."""
    there = partial(_streamed, send, client, paths, config)
    there()  # so that there is a worker
    return ratio(there, partial(_scored, paths, config.model, config.options.threads), rounds)


def _streamed(send: _Send, client: Client, paths: _Paths, config: scoring.StreamConfig) -> float:
    began = time.perf_counter()
    for _ in send(client, config, _pairs(paths)):
        pass
    return time.perf_counter() - began


def _send_messages(
    client: Client, config: scoring.StreamConfig, pairs: Iterable[tuple[Buffer, Buffer]]
) -> Iterator[scoring.ScoreStreamResponse]:
    """Send pairs as any program of gRPC may."""

    def requests() -> Iterator[scoring.ScoreStreamRequest | bytes]:
        yield scoring.ScoreStreamRequest(config=config)
        for index, (reference, distorted) in enumerate(pairs):
            yield write_pair(FramePair(index, reference, distorted))

    yield from client.scoring.ScoreStream(requests())


def _scored(paths: _Paths, model: str, threads: int) -> float:
    run(ours(*paths, model=model, options=["--threads", str(threads)]))
    log = json.loads((FOLDER / "ours.json").read_bytes())
    return _FRAMES / float(log["fps"])


def _config(model: str, threads: int | None = None) -> scoring.StreamConfig:
    options = scoring.ScoreOptions(threads=threads)
    return scoring.StreamConfig(width=_WIDTH, height=_HEIGHT, model=model, options=options)


def _pairs(paths: _Paths) -> Iterator[tuple[memoryview, memoryview]]:
    """Pictures that lie in memory, as those of a transcoder do."""
    reference, distorted = map(_mapped, paths)
    for start in range(0, _FRAMES * _FRAME_BYTES, _FRAME_BYTES):
        there = slice(start, start + _FRAME_BYTES)
        yield reference[there], distorted[there]


@cache
def _mapped(path: Path) -> memoryview:
    """What is in a file; mapped once, so that its pages are not looked up in every run."""
    return memoryview(np.memmap(path, np.uint8, "r"))


def _latency(client: Client, paths: _Paths) -> Iterator[Figure]:
    """How long frames wait for their scores that are sent as a camera would."""
    sent: list[float] = []

    def steadily() -> Iterator[tuple[memoryview, memoryview]]:
        began = time.perf_counter()
        for index, pair in enumerate(_pairs(paths)):
            time.sleep(max(0.0, began + index / _FPS - time.perf_counter()))
            sent.append(time.perf_counter())
            yield pair

    waited = [
        time.perf_counter() - sent[scores.frame_index]
        for scores in score_pairs(client, _config(MODELS[1]), steadily())
        if isinstance(scores, scoring.FrameScore)
    ]
    note = f"(p99 {statistics.quantiles(waited, n=100)[-1]:.2f}, "
    note += f"median {statistics.median(waited):.2f}, {MODELS[1]})"
    what = f"seconds to a frame's score, 1080p at {_FPS} fps, most"
    yield Figure(what, max(waited), _LATENCY_BOUND, note)


def _growth(client: Client, daemon: psutil.Process) -> Figure:
    """Memory of the daemon and its worker late in a long stream against early."""
    picture = bytes(range(256)) * (_SMALL * _SMALL * 3 // 2 // 256)
    options = scoring.ScoreOptions(no_prediction=True, feature=["psnr"])
    config = scoring.StreamConfig(width=_SMALL, height=_SMALL, options=options)
    taken = {}
    for scores in score_pairs(client, config, repeat((picture, picture), _LATE)):
        if not isinstance(scores, scoring.FrameScore):
            break
        number = scores.frame_index + 1
        if number in (_EARLY, _LATE):
            tree = (daemon, *daemon.children(recursive=True))
            taken[number] = sum(process.memory_info().rss for process in tree) / 2**20
    what = f"memory of a daemon after {_LATE} frames / after {_EARLY}"
    note = f"({taken[_LATE]:.0f} MiB / {taken[_EARLY]:.0f} MiB)"
    return Figure(what, taken[_LATE] / taken[_EARLY], _GROWTH_BOUND, note)
