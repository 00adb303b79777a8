"""The event stream as NDJSON: one JSON object a line, as docs/formats.md promises.

The first line names the schema and its version; every further line has an "event" key.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from vmafx_core.errors import VmafxError
from vmafx_core.report.plain import SCHEMA_VERSION, plain, plain_result
from vmafx_core.scoring.events import Event, Finished, FrameScores, Progress, Started, Told
from vmafx_core.scoring.replay import replay
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import ScoreResult

SCHEMA = "vmafx.score"


def header_line() -> str:
    """The stream's first line, without a line break."""
    return _line("schema", {"schema": SCHEMA, "version": SCHEMA_VERSION})


def event_line(event: Event) -> str:
    """One event as one line, without a line break."""
    match event:
        case Started():
            return _line("started", plain(event))
        case Told():
            return _line("notice", {"pair": event.pair} | plain(event.notice))
        case Progress():
            return _line("progress", plain(event))
        case FrameScores():
            return _line("frames", plain(event))
        case Finished():
            return _line("finished", plain_result(event.result, frames=False))


def requirements_line(outcomes: Sequence[Outcome]) -> str:
    """How stated requirements came out, as one line; it follows "finished"."""
    met = all(outcome.met for outcome in outcomes)
    return _line("requirements", {"met": met, "outcomes": plain(outcomes)})


def failed_line(error: VmafxError) -> str:
    """Why there is no result, as one line; it is the last one then."""
    return _line(
        "failed",
        {"exit_code": error.exit_code, "message": plain(error.message), "hint": plain(error.hint)},
    )


def stream(result: ScoreResult, outcomes: Sequence[Outcome] = ()) -> Iterator[str]:
    """A finished result as the lines that led to it, progress left out."""
    for line in _lines(result, outcomes):
        yield line + "\n"


def _lines(result: ScoreResult, outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield header_line()
    yield from map(event_line, replay(result))
    if outcomes:
        yield requirements_line(outcomes)


def _line(event: str, data: dict[str, Any]) -> str:
    return json.dumps({"event": event} | data, allow_nan=False)
