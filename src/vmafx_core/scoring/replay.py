"""The events that a finished result would have been told by."""

from collections.abc import Iterator

from vmafx_core.scoring.events import Event, Finished, FrameScores, Started, Told
from vmafx_core.scoring.result import ScoreResult

_BLOCK = 1000


def replay(result: ScoreResult) -> Iterator[Event]:
    """A finished result as the events that led to it, progress left out."""
    yield Started(
        reference=result.reference,
        distorted=tuple(pair.distorted for pair in result.pairs),
        pictures=tuple(pair.picture for pair in result.pairs),
        expected_frames=max(pair.frames.scored for pair in result.pairs),
        threads=result.threads,
    )
    for notice in result.notices:
        yield Told(notice)
    for index, pair in enumerate(result.pairs):
        for notice in pair.notices:
            yield Told(notice, index)
        for first in range(0, len(pair.times), _BLOCK):
            block = slice(first, first + _BLOCK)
            values = {name: metric.values[block] for name, metric in pair.metrics.items()}
            yield FrameScores(index, first, pair.times[block], values)
    yield Finished(result)
