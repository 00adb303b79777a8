"""Following a run to its end, and writing its result: to standard output, to files, to a page."""

import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from vmafx_core.errors import UsageError, VmafxError
from vmafx_core.report.files import STDOUT, check_writable, write_atomically, writing_stdout

TABLE, NDJSON = "table", "ndjson"
"""The formats that are not text written at the end: for people, and for those who follow."""


class Forms(Protocol):
    """A result in all its forms."""

    def text(self, fmt: str) -> str | Iterable[str]:
        """The result in a format, in one piece or in several."""

    def draw(self) -> None:
        """Print the result for people."""

    def write_page(self, path: str) -> None:
        """Write the page about it."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """Everything that a run has to write.

    Attributes:
        printed: The format of standard output; None to print nothing.
        files: Path and format of every file.
        page: Where the page goes; None for none.
    """

    printed: str | None
    files: tuple[tuple[str, str], ...]
    page: str | None

    def check(self, taken: Sequence[str]) -> None:
        """Refuse what could not be written when the work is done.

        Args:
            taken: Files that no result may overwrite.

        Raises:
            UsageError: If a file cannot be written, is one of those taken or another result.
        """
        paths = [*(path for path, _ in self.files), *filter(None, [self.page])]
        check_apart(paths, taken)
        for path in paths:
            check_writable(path)

    def write(self, forms: Forms) -> None:
        """Write the files, and then print the result, unless it was printed while it came.

        Raises:
            WorkError: If a file or standard output cannot be written.
        """
        for path, fmt in self.files:
            write_atomically(path, forms.text(fmt))
        if self.page:
            forms.write_page(self.page)
        if self.printed == TABLE:
            forms.draw()
        elif self.printed not in {None, NDJSON}:
            write_atomically(STDOUT, forms.text(self.printed))


def check_apart(paths: Sequence[str], inputs: Sequence[str]) -> None:
    """Refuse a path that would overwrite an input or another result."""
    taken = {Path(path).resolve(): "an input" for path in inputs}
    for path in paths:
        target = Path(path).resolve()
        if what := taken.get(target):
            raise UsageError(f"{path!r} is {what} already", "Choose another file for this result.")
        if not path.startswith("/dev/"):
            taken[target] = "another result"


class Shower[Event](AbstractContextManager[Any], Protocol):
    """Shows what a run tells while it goes on."""

    def show(self, event: Event) -> None:
        """Take note of an event."""


def follow[Event, Result](
    events: Generator[Event],
    reporter: Shower[Event],
    result_of: Callable[[Event], Result | None],
    line_of: Callable[[Event], str | None] | None = None,
) -> Result:
    """Follow a run to its end, showing its events.

    Args:
        events: The run; it has not begun.
        reporter: Shows them.
        result_of: The result, where an event has it.
        line_of: What is printed of an event on standard output; None for nothing.

    Raises:
        VmafxError: If there is no result.
    """
    with reporter, closing(events) as following:
        for event in following:
            reporter.show(event)
            if line_of and (line := line_of(event)):
                print_line(line)
            if (result := result_of(event)) is not None:
                return result
    raise AssertionError("the run ended without a result")


@contextmanager
def telling_failure(failed_line: Callable[[VmafxError], str] | None) -> Iterator[None]:
    """Print a line about what goes wrong in the block, as the last one of a stream."""
    try:
        yield
    except VmafxError as error:
        if failed_line:
            print_line(failed_line(error))
        raise


def print_line(line: str) -> None:
    """Print a line of a stream at once."""
    with writing_stdout():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
