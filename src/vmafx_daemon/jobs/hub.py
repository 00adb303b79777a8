"""Events: told to everybody who watches, and numbered so that watching can go on anywhere.

A number is that of the latest change of any job's state, which the store counts, and in its lower
bits what has been told since: it grows over all jobs and over restarts. A change that is being
written is not told before it is safe, and so everything that is told is in order.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from itertools import accumulate

from vmafx_daemon.errors import NotFoundError
from vmafx_daemon.jobs.records import COMPLETED, ENDED, RUNNING, Change
from vmafx_daemon.jobs.store import JobStore
from vmafx_daemon.jobs.topic import Bell, JobEvent, JobProgress, Topic, all_after

_SHIFT = 23
# A completed job's result has the number behind that of its state.
_RESULT = 1
_FIRST = 2
_MOST_RECENT = 1000
_PAGE = 500
_MOST_BYTES = 1 << 20


class Hub:
    """Tells what happens to jobs.

    Args:
        store: The jobs, open; it is asked about what happened before.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._change = store.last_number
        self._told = _FIRST
        self._topics: dict[str, Topic] = {}
        self._bell = Bell()
        self._recent: list[JobEvent] = []
        # The latest change that is not among the recent ones.
        self._floor = _number(self._change)

    def publish(self, change: Change) -> None:
        """Tell of a change of state."""
        event = _state(change)
        self._change, self._told = change.number, _FIRST
        self._recent.append(event)
        if len(self._recent) > 2 * _MOST_RECENT:
            self._floor = self._recent[_MOST_RECENT].number
            del self._recent[: _MOST_RECENT + 1]
        job = change.job
        if job.state == RUNNING:
            self._topics.setdefault(job.id, Topic())
        if topic := self._topics.get(job.id):
            topic.begin(event, running=job.state == RUNNING)
            self._drop_unused(job.id)
        self._bell.ring()

    def tell(self, event: JobEvent) -> None:
        """Tell what a running job tells; it is given a number."""
        if topic := self._topics.get(event.job_id):
            event.number = self._latest() + 1
            self._told = min(self._told + 1, (1 << _SHIFT) - 1)
            topic.add(event)

    def advance(self, job_id: str, progress: JobProgress) -> None:
        """Tell how far a running job is."""
        if topic := self._topics.get(job_id):
            topic.advance(progress)
            self._bell.ring()

    def progress(self, job_id: str) -> JobProgress | None:
        """How far a running job is."""
        topic = self._topics.get(job_id)
        return topic.progress if topic else None

    async def watch(self, job_id: str, after: int = 0) -> AsyncGenerator[JobEvent]:
        """What happens to a job until it has ended.

        Args:
            job_id: The job.
            after: The number of the event to begin behind; 0 for what is known.

        Raises:
            NotFoundError: There is no such job.
        """
        cursor = self._cursor(after)
        with self._watching(job_id) as topic:
            known = await self._store.get(job_id)
            if known is None:
                raise no_job(job_id)
            latest = _state(known)
            if latest.number > cursor:
                cursor = latest.number
                yield latest
            seen: JobProgress | None = None
            while latest.state.state not in ENDED:
                news = topic.bell.next()
                if event := topic.after(cursor):
                    cursor = event.number
                    latest = event if event.HasField("state") else latest
                    yield event
                elif topic.progress and topic.progress is not seen:
                    seen = topic.progress
                    # Whoever goes on behind it has heard all up to here.
                    yield JobEvent(number=cursor, job_id=job_id, progress=seen)
                else:
                    await news.wait()
        if latest.state.state == COMPLETED and latest.number + _RESULT > cursor:
            result = await self._store.result(job_id)
            yield JobEvent(number=latest.number + _RESULT, job_id=job_id, result=result)

    async def watch_all(self, after: int = 0) -> AsyncGenerator[Sequence[JobEvent]]:
        """What happens to all jobs, without scores and results; does not end.

        Of what happened long ago, only the latest change of each job is told.

        Args:
            after: The number of the event to begin behind; 0 for now.

        Yields:
            The next events, in order; all that there are by then, but no more than about a
            megabyte at once.
        """
        cursor = self._cursor(after) or self._latest()
        seen: dict[str, JobProgress] = {}
        while True:
            news = self._bell.next()
            if cursor < self._floor:
                page = await self._store.changed_after(cursor >> _SHIFT, _PAGE)
                if not page:
                    cursor = self._floor
                    continue
                events = [_state(change) for change in page]
            else:
                events = all_after(self._recent, cursor)
            if events := _as_many_as_fit(events):
                cursor = events[-1].number
                yield events
            elif fresh := [each for each in self._progress() if seen.get(each[0]) is not each[1]]:
                seen = dict(self._progress())
                yield [
                    JobEvent(number=cursor, job_id=job_id, progress=progress)
                    for job_id, progress in fresh
                ]
            else:
                await news.wait()

    def _progress(self) -> list[tuple[str, JobProgress]]:
        topics = self._topics.items()
        return [(job_id, topic.progress) for job_id, topic in topics if topic.progress]

    @contextmanager
    def _watching(self, job_id: str) -> Iterator[Topic]:
        topic = self._topics.setdefault(job_id, Topic())
        topic.watchers += 1
        try:
            yield topic
        finally:
            topic.watchers -= 1
            self._drop_unused(job_id)

    def _drop_unused(self, job_id: str) -> None:
        topic = self._topics[job_id]
        if not topic.running and not topic.watchers:
            del self._topics[job_id]

    def _latest(self) -> int:
        """The number of what was told last."""
        return _number(self._change) + self._told - 1

    def _cursor(self, after: int) -> int:
        # A number that is yet to come is of another store.
        return after if 0 < after <= self._latest() else 0


async def one_by_one(everything: AsyncGenerator[Sequence[JobEvent]]) -> AsyncGenerator[JobEvent]:
    """The events of `Hub.watch_all`, each by itself."""
    async with aclosing(everything):
        async for events in everything:
            for event in events:
                yield event


def no_job(job_id: str) -> NotFoundError:
    """The error that there is no job of that name."""
    return NotFoundError(f"there is no job {job_id[:40]!r}", "It may be too old: see the list.")


def _number(change: int) -> int:
    return change << _SHIFT


def _as_many_as_fit(events: list[JobEvent]) -> list[JobEvent]:
    """The first of some events, at least one of them."""
    sizes = accumulate(event.ByteSize() for event in events)
    return events[: max(1, sum(size <= _MOST_BYTES for size in sizes))]


def _state(change: Change) -> JobEvent:
    return JobEvent(number=_number(change.number), job_id=change.job.id, state=change.job)
