"""Running a request for people at a terminal and for programs at a pipe."""

import sys
from collections.abc import Generator
from contextlib import closing

from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.outputs import Format, MessageOptions, ResultOptions
from vmafx_cli.progress import ScoringReporter
from vmafx_cli.results import Destinations, print_line
from vmafx_core.errors import RequirementError, UsageError, VmafxError
from vmafx_core.report import ndjson
from vmafx_core.report.naming import shown_location
from vmafx_core.scoring.events import Event, Finished
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.requirements import Outcome, Requirement, check, check_measured, parse
from vmafx_core.scoring.result import ScoreResult


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
    destinations = Destinations.settle(request, results, gate, messages)
    stream = destinations.printed is Format.NDJSON
    if stream:
        print_line(ndjson.header_line())
    try:
        result = _follow(events, messages, destinations, stream=stream)
    except VmafxError as error:
        if stream:
            print_line(ndjson.failed_line(error))
        raise
    outcomes = check(requirements, result, allow_mismatch=gate.allow_mismatch)
    if stream and outcomes:
        print_line(ndjson.requirements_line(outcomes))
    destinations.write(result, request, outcomes)
    if missed := [outcome for outcome in outcomes if not outcome.met]:
        told = destinations.printed is Format.TABLE
        raise RequirementError(
            f"{len(missed)} of {len(outcomes)} requirements not met",
            "" if told else "\n  ".join(map(_missed, missed)),
        )


def _requirements(request: ScoreRequest, gate: GateOptions) -> tuple[Requirement, ...]:
    if gate.junit and not gate.require:
        raise UsageError("--junit has nothing to tell without a requirement", "Add --require.")
    requirements = tuple(parse(text) for text in gate.require or ())
    check_measured(requirements, request)
    return requirements


def _missed(outcome: Outcome) -> str:
    return f"{shown_location(outcome.location)}: {outcome.requirement.text}: {outcome.reason}"


def _follow(
    scoring: Generator[Event], messages: MessageOptions, destinations: Destinations, *, stream: bool
) -> ScoreResult:
    """Follow a run to its end, showing and streaming its events."""
    # The table ends with all that there was to tell; on one screen, once is enough.
    lasting = not (destinations.printed is Format.TABLE and sys.stdout.isatty())
    reporter = ScoringReporter(quiet=messages.quiet, verbose=messages.verbose, lasting=lasting)
    with reporter, closing(scoring) as events:
        for event in events:
            reporter.show(event)
            if stream:
                print_line(ndjson.event_line(event))
            if isinstance(event, Finished):
                return event.result
    raise AssertionError("the engine ended without a result")
