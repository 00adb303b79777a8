"""Scoring for people at a terminal and for programs at a pipe."""

import sys
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.outputs import Format, MessageOptions, ResultOptions
from vmafx_cli.rendering import formats
from vmafx_cli.rendering.output import Destinations, follow, print_line, telling_failure
from vmafx_cli.rendering.progress import ScoringReporter
from vmafx_core.errors import RequirementError, UsageError
from vmafx_core.report import ndjson, text_logs
from vmafx_core.report.naming import shown_location
from vmafx_core.scoring.events import Event, Finished
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.requirements import (
    Outcome,
    Requirement,
    check_measured,
    check_requirements,
    parse_requirement,
)
from vmafx_core.scoring.result import ScoreResult

_ONE_PAIR = {"csv", "xml", "sub"}
_JUNIT = "junit"


def run(
    request: ScoreRequest,
    events: Generator[Event],
    gate: GateOptions,
    results: ResultOptions,
    messages: MessageOptions,
) -> None:
    """Score, show what happens meanwhile, and write what came out.

    Args:
        request: What is asked for.
        events: The scoring of it, here or elsewhere; it has not begun.
        gate: What is required of the scores.
        results: What is written, and where.
        messages: What is told meanwhile.

    Raises:
        RequirementError: If a requirement was not met.
        VmafxError: If there is no result, or it cannot be written.
    """
    requirements = _requirements(request, gate)
    destinations = _destinations(request, results, gate, messages)
    stream = destinations.printed == Format.NDJSON
    tabled = destinations.printed == Format.TABLE
    if stream:
        print_line(ndjson.header_line())
    # The table ends with all that there was to tell; on one screen, once is enough.
    lasting = not (tabled and sys.stdout.isatty())
    reporter = ScoringReporter(quiet=messages.quiet, verbose=messages.verbose, lasting=lasting)
    with telling_failure(ndjson.failed_line if stream else None):
        result = follow(events, reporter, _result_of, ndjson.event_line if stream else None)
    outcomes = check_requirements(requirements, result, allow_mismatch=gate.allow_mismatch)
    if stream and outcomes:
        print_line(ndjson.requirements_line(outcomes))
    destinations.write(_Forms(result, request, outcomes, verbose=messages.verbose))
    if missed := [outcome for outcome in outcomes if not outcome.met]:
        raise RequirementError(
            f"{len(missed)} of {len(outcomes)} requirements not met",
            "" if tabled else "\n  ".join(map(_missed, missed)),
        )


def _requirements(request: ScoreRequest, gate: GateOptions) -> tuple[Requirement, ...]:
    if gate.junit and not gate.require:
        raise UsageError("--junit has nothing to tell without a requirement", "Add --require.")
    requirements = tuple(parse_requirement(text) for text in gate.require or ())
    check_measured(requirements, request)
    return requirements


def _destinations(
    request: ScoreRequest, results: ResultOptions, gate: GateOptions, messages: MessageOptions
) -> Destinations:
    """Settle what goes where.

    Raises:
        UsageError: If a file cannot be written, is one of the inputs or another result, if its
            ending names no format, or if a format has no room for that many pairs.
    """
    files = [(path, _file_format(path, results.format)) for path in results.output or ()]
    printed = results.format or (None if messages.quiet else Format.TABLE)
    junit = [(gate.junit, _JUNIT)] if gate.junit else []
    destinations = Destinations(printed, (*files, *junit), results.report)
    destinations.check([spec.location for spec in (request.reference, *request.distorted)])
    for fmt in _ONE_PAIR & {printed, *(fmt for _, fmt in files)}:
        text_logs.check_single(len(request.distorted), fmt)
    return destinations


def _file_format(path: str, otherwise: Format | None) -> str:
    if otherwise and Path(path).suffix.lower() not in formats.ENDINGS:
        return otherwise.value
    return formats.format_for(path)


def _result_of(event: Event) -> ScoreResult | None:
    return event.result if isinstance(event, Finished) else None


def _missed(outcome: Outcome) -> str:
    return f"{shown_location(outcome.location)}: {outcome.requirement.text}: {outcome.reason}"


@dataclass(frozen=True, slots=True)
class _Forms:
    """A result in all its forms.

    Attributes:
        result: What came out.
        request: What was asked for; the page's pictures are read again by it.
        outcomes: How stated requirements came out.
        verbose: Whether the table shows elementary features too.
    """

    result: ScoreResult
    request: ScoreRequest
    outcomes: Sequence[Outcome]
    verbose: bool

    def text(self, fmt: str) -> str | Iterable[str]:
        """The result in a format."""
        if fmt == _JUNIT:
            from vmafx_core.report import junit  # few runs want it

            return junit.render(self.result, self.outcomes)
        return formats.stream(self.result, fmt, self.outcomes)

    def draw(self) -> None:
        """Print its tables."""
        from vmafx_cli.rendering.result_tables import print_tables  # loads long

        print_tables(self.result, self.outcomes, verbose=self.verbose)

    def write_page(self, path: str) -> None:
        """Write the page with charts and pictures."""
        # Loading this takes longer than scoring a short clip, and most runs want no page.
        from vmafx_core.report.html import write_report
        from vmafx_core.scoring.snapshots import worst_pictures

        write_report(self.result, worst_pictures(self.result, self.request), path, self.outcomes)
