"""Where a finished result goes: standard output, files, a page, and the verdict on it."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vmafx_cli.options.gate import GateOptions
from vmafx_cli.options.outputs import Format, MessageOptions, ResultOptions
from vmafx_core.errors import UsageError
from vmafx_core.report import formats, text_logs
from vmafx_core.report.files import STDOUT, check_writable, write_atomically, writing_stdout
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.scoring.requirements import Outcome
from vmafx_core.scoring.result import ScoreResult

_ONE_PAIR = {"csv", "xml", "sub"}


@dataclass(frozen=True, slots=True)
class Destinations:
    """Everything that a run has to write.

    Attributes:
        printed: The format of standard output; None to print nothing.
        files: Path and format of every file.
        page: Where the page with charts goes; None for none.
        junit: Where the outcomes of requirements go; None for none.
        verbose: Whether the table shows elementary features too.
    """

    printed: Format | None
    files: tuple[tuple[str, str], ...]
    page: str | None
    junit: str | None
    verbose: bool

    @classmethod
    def settle(
        cls,
        request: ScoreRequest,
        results: ResultOptions,
        gate: GateOptions,
        messages: MessageOptions,
    ) -> "Destinations":
        """Settle what goes where, and refuse what could not be written when the work is done.

        Raises:
            UsageError: If a file cannot be written, is one of the inputs or another result, if its
                ending names no format, or if a format has no room for that many pairs.
        """
        files = [(path, _file_format(path, results.format)) for path in results.output or ()]
        printed = results.format or (None if messages.quiet else Format.TABLE)
        paths = [*(path for path, _ in files), *filter(None, (results.report, gate.junit))]
        check_apart(paths, [spec.location for spec in (request.reference, *request.distorted)])
        for path in paths:
            check_writable(path)
        for fmt in _ONE_PAIR & {printed, *(fmt for _, fmt in files)}:
            text_logs.check_single(len(request.distorted), fmt)
        return cls(printed, tuple(files), results.report, gate.junit, messages.verbose)

    def write(
        self, result: ScoreResult, request: ScoreRequest, outcomes: Sequence[Outcome]
    ) -> None:
        """Write the files, and then print the result.

        Args:
            result: What came out.
            request: What was asked for; the page's pictures are read again by it.
            outcomes: How stated requirements came out.

        Raises:
            WorkError: If a file or standard output cannot be written.
        """
        for path, fmt in self.files:
            write_atomically(path, formats.stream(result, fmt, outcomes))
        if self.junit:
            from vmafx_core.report import junit  # few runs want it

            write_atomically(self.junit, junit.render(result, outcomes))
        if self.page:
            _write_page(self.page, result, request, outcomes)
        if self.printed is Format.TABLE:
            from vmafx_cli.score_tables import print_tables  # loads long

            print_tables(result, outcomes, verbose=self.verbose)
        elif self.printed not in {None, Format.NDJSON}:
            # NDJSON was printed while the run went on.
            write_atomically(STDOUT, formats.stream(result, self.printed, outcomes))


def _write_page(
    path: str, result: ScoreResult, request: ScoreRequest, outcomes: Sequence[Outcome]
) -> None:
    # Loading this takes longer than scoring a short clip, and most runs want no page.
    from vmafx_core.report.html import write_report
    from vmafx_core.scoring.snapshots import worst_pictures

    write_report(result, worst_pictures(result, request), path, outcomes)


def check_apart(paths: Sequence[str], inputs: Sequence[str]) -> None:
    """Refuse a path that would overwrite an input or another result."""
    taken = {Path(path).resolve(): "an input" for path in inputs}
    for path in paths:
        target = Path(path).resolve()
        if what := taken.get(target):
            raise UsageError(f"{path!r} is {what} already", "Choose another file for this result.")
        if not path.startswith("/dev/"):
            taken[target] = "another result"


def _file_format(path: str, otherwise: Format | None) -> str:
    if otherwise and Path(path).suffix.lower() not in formats.ENDINGS:
        return otherwise.value
    return formats.format_for(path)


def print_line(line: str) -> None:
    """Print a line of a stream at once."""
    with writing_stdout():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
