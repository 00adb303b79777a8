"""The events of a running score as messages, and back."""

from collections.abc import Iterator

from vmafx_core.scoring import events
from vmafx_rpc import messages
from vmafx_rpc.convert import from_message, to_message

_FIELDS: dict[type[events.Event], str] = {
    events.Started: "started",
    events.Told: "told",
    events.Progress: "progress",
    events.FrameScores: "frame_scores",
    events.Finished: "finished",
}
_KINDS = {field: kind for kind, field in _FIELDS.items()}


def write_event(event: events.Event) -> messages.result.ScoreEvent:
    """The message of an event."""
    field = _FIELDS[type(event)]
    kind = type(getattr(messages.result.ScoreEvent(), field))
    return messages.result.ScoreEvent(**{field: to_message(event, kind)})


def read_event(message: messages.result.ScoreEvent) -> events.Event | None:
    """The event of a message; None for one that is not known here."""
    field = message.WhichOneof("event")
    return from_message(getattr(message, field), _KINDS[field]) if field else None


def one_by_one(run: messages.result.FrameScores) -> Iterator[messages.scoring.FrameScore]:
    """The scores of each frame of a run, in order; the leading one is the first metric's."""
    names = [metric.name for metric in run.metrics]
    rows = zip(*(metric.values for metric in run.metrics), strict=True)
    for index, row in enumerate(rows, run.first):
        features = dict(zip(names, row, strict=True))
        yield messages.scoring.FrameScore(frame_index=index, score=row[0], features=features)
