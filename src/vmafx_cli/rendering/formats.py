"""The formats a result can be written in, by name and by a file's ending."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from vmafx_core.errors import UnknownNameError, UsageError
from vmafx_core.report import json_log, ndjson, text_logs
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import ScoreResult


class Writer(Protocol):
    """Turns a result into text."""

    def __call__(self, result: ScoreResult, outcomes: Sequence[Outcome]) -> Iterator[str]:
        """The text in pieces, ending in a newline."""


def _scores_only(stream: Callable[[ScoreResult], Iterable[str]]) -> Writer:
    """A writer of a format that has no place for requirements."""
    return lambda result, outcomes: iter(stream(result))  # noqa: ARG005


def _table(result: ScoreResult) -> Iterator[str]:
    # What draws tables takes as long to load as everything that writes the other formats.
    from vmafx_cli.rendering import result_tables

    yield result_tables.render(result)


FORMATS: dict[str, Writer] = {
    "table": _scores_only(_table),
    "json": json_log.stream,
    "csv": _scores_only(text_logs.stream_csv),
    "xml": _scores_only(text_logs.stream_xml),
    "sub": _scores_only(text_logs.stream_sub),
    "ndjson": ndjson.stream,
}

ENDINGS = {
    ".txt": "table",
    ".json": "json",
    ".csv": "csv",
    ".xml": "xml",
    ".sub": "sub",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}


def stream(result: ScoreResult, fmt: str, outcomes: Sequence[Outcome] = ()) -> Iterator[str]:
    """The result as text in a format, piece by piece: an hour's log is long.

    Args:
        result: What came out.
        fmt: One of `FORMATS`.
        outcomes: How stated requirements came out, for the formats that have a place for them.

    Raises:
        UnknownNameError: If there is no such format.
        UsageError: If the format has no room for several distorted videos.
    """
    if fmt not in FORMATS:
        raise UnknownNameError.of("format", fmt, FORMATS, f"Formats: {', '.join(FORMATS)}.")
    return FORMATS[fmt](result, outcomes)


def format_for(path: str | Path) -> str:
    """The format that a file's ending asks for.

    Raises:
        UsageError: If the ending names none.
    """
    ending = Path(path).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"the ending of {str(path)!r} names no format",
            f"Use --format, or an ending of {', '.join(ENDINGS)}.",
        )
    return ENDINGS[ending]
