"""Searches for people at a terminal and for programs at a pipe."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from rich.console import Console

from vmafx_cli.options.outputs import MessageOptions
from vmafx_cli.options.tuning import FindingOptions, TuneFormat
from vmafx_cli.rendering.output import Destinations, follow, print_line, telling_failure
from vmafx_cli.rendering.search_progress import SearchReporter
from vmafx_cli.tune.report import ndjson
from vmafx_core.errors import UsageError
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.report.files import writing_stdout
from vmafx_core.report.views.view import View

_ENDINGS = {".json": TuneFormat.JSON, ".csv": TuneFormat.CSV, ".txt": TuneFormat.TABLE}
_FILE_WIDTH = 100


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
    files = tuple((path, _format_of(path)) for path in results.output or ())
    printed = results.format or (None if messages.quiet else TuneFormat.TABLE)
    destinations = Destinations(printed, files, results.report)
    destinations.check(taken)
    stream = printed is TuneFormat.NDJSON
    if stream:
        print_line(ndjson.header_line(kind))
    with telling_failure(ndjson.failed_line if stream else None):
        result = searched(events, messages, stream=stream)
        shown = view(result)
    destinations.write(ViewForms(shown))
    if stream:
        print_line(ndjson.finished_line(shown.kind, shown.body))
    return result


def searched[Result](
    events: Generator[TuneEvent[Result]], messages: MessageOptions, *, stream: bool = False
) -> Result:
    """The result of a search, whose events are shown on standard error.

    Args:
        events: The search.
        messages: What is told.
        stream: Whether every event is also printed on standard output, as NDJSON.

    Raises:
        VmafxError: If there is no result.
    """
    reporter = SearchReporter(quiet=messages.quiet, verbose=messages.verbose)
    return follow(events, reporter, _result_of, ndjson.event_line if stream else None)


def _result_of[Result](event: TuneEvent[Result]) -> Result | None:
    return event.result if isinstance(event, Done) else None


def _format_of(path: str) -> TuneFormat:
    ending = Path(path).suffix.lower()
    if ending not in _ENDINGS:
        raise UsageError(
            f"the ending of {path!r} names no format", f"Use an ending of {', '.join(_ENDINGS)}."
        )
    return _ENDINGS[ending]


@dataclass(frozen=True, slots=True)
class ViewForms:
    """A view in all its forms.

    Attributes:
        view: The view.
    """

    view: View

    def text(self, fmt: str) -> str:
        """The view in a format."""
        if fmt == TuneFormat.TABLE:
            written = StringIO()
            plain = Console(
                file=written,
                width=_FILE_WIDTH,
                color_system=None,
                force_terminal=False,
                highlight=False,
            )
            self._print(plain)
            return written.getvalue()
        from vmafx_cli.tune.report import document  # seldom wanted

        return document.text(self.view, fmt)

    def draw(self) -> None:
        """Print what a terminal shows."""
        with writing_stdout():
            self._print(Console(highlight=False))

    def write_page(self, path: str) -> None:
        """Write the page."""
        from vmafx_core.report.views.page import write_page  # seldom wanted

        write_page(path, self.view.title, self.view.blocks)

    def _print(self, console: Console) -> None:
        from vmafx_cli.rendering.blocks import drawn
        from vmafx_cli.rendering.tables import Unpadded

        # A command to copy stays on one line, which the terminal breaks.
        console.print(Unpadded(drawn(self.view.printed)), crop=False)
