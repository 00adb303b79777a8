"""Scoring at a daemon: the same events as here, whatever happens on the way.

A job may be begun anew, its result may be that of an earlier job, and events may have been
forgotten by the time that they are asked for. What comes out is one run all the same: what was
told is not told again, and what was missed is told by the result.
"""

import dataclasses
from collections.abc import Generator, Iterator

from vmafx_core.errors import RemoteError, VmafxError
from vmafx_core.scoring import events
from vmafx_core.scoring.replay import replay
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.result import ScoreResult
from vmafx_rpc import jobs, messages
from vmafx_rpc.client import Client
from vmafx_rpc.convert import from_message, to_message
from vmafx_rpc.events import read_event
from vmafx_rpc.names import Names


class Telling:
    """Puts what a job tells, maybe more than once, together to one run."""

    def __init__(self) -> None:
        self._started = False
        self._told: set[events.Told] = set()
        self._known: dict[int, int] = {}

    def tell(self, event: events.Event) -> Iterator[events.Event]:
        """What is new in an event."""
        match event:
            case events.Started() if self._started:
                return
            case events.Started():
                self._started = True
            case events.Told() if event in self._told:
                return
            case events.Told():
                self._told.add(event)
            case events.FrameScores():
                known = self._known.get(event.pair, 0) - event.first
                if known >= len(event.times):
                    return
                self._known[event.pair] = event.first + len(event.times)
                if known > 0:
                    event = _behind(event, known)
        yield event


def _behind(event: events.FrameScores, count: int) -> events.FrameScores:
    """An event without the first frames."""
    return dataclasses.replace(
        event,
        first=event.first + count,
        times=event.times[count:],
        metrics={name: values[count:] for name, values in event.metrics.items()},
    )


def score_there(
    client: Client, request: ScoreRequest, *, no_cache: bool = False
) -> Generator[events.Event]:
    """Score at a daemon, telling what happens; closing the generator cancels the job.

    Args:
        client: The daemon.
        request: What is asked for; paths are this program's where the daemon sees the same files.
        no_cache: Whether the result of an earlier, equal job will not do.

    Yields:
        `Started`, then `Told`, `Progress` and `FrameScores` as they come, then `Finished`.

    Raises:
        RemoteError: The daemon cannot be reached, or refuses.
        VmafxError: What scoring raises here.
    """
    task = to_message(request, messages.task.ScoreTask)
    names = Names.settle(client.address, task)
    spec = messages.controller.JobSpec(score=task)
    try:
        submission = messages.controller.SubmitJobRequest(spec=spec, no_cache=no_cache)
        job_id = jobs.submit(client, submission)
        last: events.Event | None = None
        with jobs.cancelling(client, job_id):
            for event in follow(client, job_id, names):
                if isinstance(event, events.Finished):
                    last = event
                else:
                    yield event
        # Whoever stops listening here has all of it: there is nothing left to cancel.
        if last:
            yield last
    except VmafxError as error:
        raise names.error(error) from None


def _progress(progress: messages.controller.JobProgress) -> events.Progress:
    total = progress.total if progress.HasField("total") else None
    return events.Progress(progress.done, total, progress.fps, progress.seconds)


def follow(client: Client, job_id: str, names: Names) -> Generator[events.Event]:
    """What a job that scores tells, to its end; closing the generator leaves it going on.

    Args:
        client: The daemon.
        job_id: The job.
        names: What its files are called here.

    Raises:
        RemoteError: The daemon cannot be reached any more.
        VmafxError: The job failed or was cancelled.
    """
    telling = Telling()
    for event in jobs.watch(client, job_id):
        match event.WhichOneof("event"):
            case "state":
                jobs.raise_failure(event.state)
            case "score" if not event.score.HasField("finished"):
                names.restore(event.score)
                if told := read_event(event.score):
                    yield from telling.tell(told)
            case "progress":
                yield _progress(event.progress)
            case "result":
                names.restore(event.result)
                result = from_message(event.result.score, ScoreResult)
                for missed in replay(result):
                    yield from telling.tell(missed)
                return
    raise RemoteError(f"job {job_id} ended without a result")
