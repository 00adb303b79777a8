"""A progress bar on a terminal's standard error, with lines above it."""

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text


class Bar:
    """A bar, and the lines above it.

    Args:
        lasting: Leave the lines on the screen when it ends, rather than take them away with the
            bar.
        timed: Estimate how long it takes; for what goes at an even pace.
    """

    def __init__(self, *, lasting: bool, timed: bool) -> None:
        self._lasting = lasting
        self._lines: list[Text] = []
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        columns = [
            TextColumn("{task.fields[words]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}"),
            *([TimeRemainingColumn(compact=True)] if timed else []),
        ]
        self._bar = Progress(*columns, console=self._console, expand=True, auto_refresh=False)
        self._task = self._bar.add_task("", total=None, words="opening", left="")
        self._live = Live(console=self._console, transient=True, refresh_per_second=8)

    def start(self) -> None:
        """Draw it from now on."""
        self._live.start()
        self._draw()

    def stop(self, *, failed: bool) -> None:
        """Take it away; where something failed, the lines stay in any case."""
        self._live.stop()
        if failed:
            for line in self._lines:
                self._console.print(line)

    def say(self, text: str, style: str) -> None:
        """Show a line above it."""
        line = Text(text, style)
        if self._lasting:
            self._console.print(line)
        else:
            self._lines.append(line)
        self._draw()

    def advance(self, done: float, total: float | None, words: str, left: str) -> None:
        """Move it.

        Args:
            done: How much is done.
            total: How much there is; None where unknown.
            words: What is going on, on its left.
            left: How fast, or how long it may still take, on its right.
        """
        self._bar.update(self._task, completed=done, total=total, words=words, left=left)
        self._draw()

    def _draw(self) -> None:
        if self._live.is_started:
            self._live.update(Group(*self._lines, self._bar))
