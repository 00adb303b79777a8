"""Running a search for people at a terminal and for programs at a pipe."""

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.tuning import FindingOptions, TuneFormat
from vmafx_cli.results import check_apart, print_line
from vmafx_cli.search_progress import SearchReporter
from vmafx_cli.tune.report import ndjson
from vmafx_core.errors import UsageError, VmafxError
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.report.files import STDOUT, check_writable, write_atomically, writing_stdout
from vmafx_core.report.unpadded import Unpadded
from vmafx_core.report.views.view import View

_ENDINGS = {".json": TuneFormat.JSON, ".csv": TuneFormat.CSV, ".txt": TuneFormat.TABLE}


def present[Result](
    kind: str,
    events: Generator[TuneEvent[Result]],
    view: Callable[[Result], View],
    results: FindingOptions,
    messages: MessageOptions,
    *,
    taken: Sequence[str] = (),
) -> Result:
    """Search, show what happens meanwhile, and write what came out.

    Args:
        kind: What is searched: the kind of the result's document.
        events: The search; it has not begun.
        view: Turns its result into all forms.
        results: What is written, and where.
        messages: What is told meanwhile.
        taken: Files that no result may overwrite: the sources, and what else the search writes.

    Returns:
        The result, once it is written.

    Raises:
        UsageError: If a file cannot be written, or is one of those taken.
        VmafxError: If there is no result, or it cannot be written.
    """
    destinations = _Destinations.settle(results, messages, taken)
    stream = destinations.printed is TuneFormat.NDJSON
    if stream:
        print_line(ndjson.header_line(kind))
    try:
        result = follow(events, messages, stream=stream)
        shown = view(result)
    except VmafxError as error:
        if stream:
            print_line(ndjson.failed_line(error))
        raise
    destinations.write(shown)
    return result


def follow[Result](
    events: Generator[TuneEvent[Result]], messages: MessageOptions, *, stream: bool = False
) -> Result:
    """Follow a search to its end, showing its events on standard error.

    Args:
        events: The search.
        messages: What is told.
        stream: Whether every event is also printed on standard output, as NDJSON.

    Raises:
        VmafxError: If there is no result.
    """
    reporter = SearchReporter(quiet=messages.quiet, verbose=messages.verbose)
    with reporter, closing(events):
        for event in events:
            reporter.show(event)
            if stream and (line := ndjson.event_line(event)):
                print_line(line)
            if isinstance(event, Done):
                return event.result
    raise AssertionError("the search ended without a result")


@dataclass(frozen=True, slots=True)
class _Destinations:
    """Everything that a search has to write.

    Attributes:
        printed: The format of standard output; None to print nothing.
        files: Path and format of every file.
        page: Where the page goes; None for none.
    """

    printed: TuneFormat | None
    files: tuple[tuple[str, TuneFormat], ...]
    page: str | None

    @classmethod
    def settle(
        cls, results: FindingOptions, messages: MessageOptions, taken: Sequence[str]
    ) -> "_Destinations":
        """Settle what goes where, and refuse what could not be written when the work is done."""
        files = tuple((path, _format_of(path)) for path in results.output or ())
        printed = results.format or (None if messages.quiet else TuneFormat.TABLE)
        paths = [*(path for path, _ in files), *filter(None, [results.report])]
        check_apart(paths, taken)
        for path in paths:
            check_writable(path)
        return cls(printed, files, results.report)

    def write(self, view: View) -> None:
        """Write the files, and then print the result.

        Raises:
            WorkError: If a file or standard output cannot be written.
        """
        for path, fmt in self.files:
            write_atomically(path, _text(view, fmt))
        if self.page:
            from vmafx_core.report.views.page import write_page  # seldom wanted

            write_page(self.page, view.title, view.blocks)
        match self.printed:
            case TuneFormat.TABLE:
                with writing_stdout():
                    # A command to copy stays on one line, which the terminal breaks.
                    Console(highlight=False).print(Unpadded(view.printed), crop=False)
            case TuneFormat.NDJSON:
                print_line(ndjson.finished_line(view.kind, view.body))
            case TuneFormat.JSON | TuneFormat.CSV:
                write_atomically(STDOUT, _text(view, self.printed))


def _text(view: View, fmt: TuneFormat) -> str:
    from vmafx_cli.tune.report import forms

    return forms.text(view, fmt.value)


def _format_of(path: str) -> TuneFormat:
    ending = Path(path).suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"the ending of {path!r} names no format", f"Use an ending of {', '.join(_ENDINGS)}."
        )
    return _ENDINGS[ending]
