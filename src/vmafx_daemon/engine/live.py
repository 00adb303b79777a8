"""Streams in the worker: pairs of pictures in shared memory, and videos read through the client."""

import mmap
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction
from typing import Any

from vmafx_core.errors import UsageError
from vmafx_core.media.live import LiveSource
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE
from vmafx_core.scoring.engine import score_events
from vmafx_core.scoring.events import Progress
from vmafx_core.scoring.inputs import ReadyInputs
from vmafx_core.scoring.request import ScoreRequest
from vmafx_daemon.engine.remote_file import RemoteFile
from vmafx_daemon.scoring.pairs import pixel_format, stream_task
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message
from vmafx_rpc.events import write_event

LATENCY = 0.75
"""Seconds after which scores are told where pictures come slower than they are scored."""
SEGMENT_FRAMES = 240
"""With the frame behind a segment, no score waits for more frames than are promised (256)."""


Send = Callable[[messages.engine.WorkerResponse], None]


class Pairs:
    """A stream of pairs of pictures.

    Args:
        opening: What they are, and where the shared memory is.
        send: Tells the daemon.
        threads: Threads where the stream asks for none.
    """

    def __init__(self, opening: messages.engine.OpenStream, send: Send, threads: int) -> None:
        config = opening.config
        self._send = send
        rate = ASSUMED_RATE
        if config.HasField("frame_rate"):
            rate = Fraction(config.frame_rate.numerator, config.frame_rate.denominator)
        self._sides = [
            LiveSource(
                name,
                width=config.width,
                height=config.height,
                pix_fmt=pixel_format(config.pixel_format, config.options.bitdepth),
                frame_rate=rate,
            )
            for name in ("reference", "distorted")
        ]
        task = stream_task(config)
        task.segment_frames, task.latency = SEGMENT_FRAMES, LATENCY
        task.threads = task.threads or threads
        self._request = from_message(task, ScoreRequest)
        with open(opening.memory, "r+b") as file:  # noqa: PTH123 - no path, but a descriptor
            self._memory = memoryview(mmap.mmap(file.fileno(), 0))

    def take(self, request: messages.engine.WorkerRequest) -> None:
        """Take what comes for the stream: a pair, or the end; waits while too many wait."""
        if request.HasField("finish"):
            for side in self._sides:
                side.finish()
        elif request.HasField("filled"):
            size = self._sides[0].frame_bytes
            for slot in request.filled.slots:
                at = slot * 2 * size
                for side in self._sides:
                    side.give(self._memory[at : at + size])
                    at += size
            emptied = messages.engine.Emptied(slots=request.filled.slots)
            self._send(messages.engine.WorkerResponse(emptied=emptied))

    def events(self) -> Iterator[messages.result.ScoreEvent]:
        """Score what comes; the result is without the values of frames, which are told before."""
        inputs = ReadyInputs(self._sides[0], [self._sides[1]])
        with closing(score_events(self._request, inputs)) as events:
            for event in events:
                if not isinstance(event, Progress):
                    yield _without_values(write_event(event))


class Upload:
    """A score of videos that are read through the client.

    Args:
        task: What to score.
        send: Tells the daemon.
        threads: Threads where the task asks for none.

    Raises:
        UsageError: What is asked for needs a video twice.
    """

    def __init__(self, task: messages.task.ScoreTask, send: Send, threads: int) -> None:
        request = from_message(task, ScoreRequest)
        if request.sync.auto:
            raise UsageError(
                "an offset cannot be searched in videos that are sent", "Say it: --sync N."
            )
        self._request = replace(request, threads=request.threads or threads)

        def wish(read: messages.scoring.Read) -> None:
            send(messages.engine.WorkerResponse(read=read))

        specs = (request.reference, *request.distorted)
        self._files = [RemoteFile(i, spec.location, wish) for i, spec in enumerate(specs)]

    def take(self, request: messages.engine.WorkerRequest) -> None:
        """Take a piece of a video."""
        if request.HasField("chunk") and 0 <= request.chunk.input < len(self._files):
            self._files[request.chunk.input].supply(request.chunk)
        elif request.HasField("finish"):
            for file in self._files:
                file.supply(None)

    def events(self) -> Iterator[messages.result.ScoreEvent]:
        """Score what is read."""
        request = self._request
        opened: list[Any] = []
        specs = (request.reference, *request.distorted)
        try:
            for spec, file in zip(specs, self._files, strict=True):
                opened.append(VideoSource(spec, threads=0, data=file.begin()))
            with closing(score_events(request, ReadyInputs(opened[0], opened[1:]))) as events:
                yield from map(write_event, events)
        finally:
            for file in self._files:
                file.supply(None)  # lets go whoever still waits for a piece
            for source in opened:
                source.close()


def _without_values(event: messages.result.ScoreEvent) -> messages.result.ScoreEvent:
    for pair in event.finished.result.pairs:
        for name in ("times", "distorted_times"):
            pair.ClearField(name)
        for metric in pair.metrics:
            metric.ClearField("values")
    return event
