"""What a run shows on standard error while it works: a progress bar, and what there is to tell."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from vmafx_core.notice import Level, Notice
from vmafx_core.report.account import frames
from vmafx_core.scoring import events


class Reporter:
    """Shows a bar, and above it what there is to tell, to whoever watches standard error.

    Args:
        columns: The columns of the bar.
        quiet: Show nothing at all.
        verbose: Tell also what is only for information.
        lasting: Leave what was told on the screen. Where the same terminal shows the notices again
            in the result's table, they stand above the bar for the time being only.
    """

    def __init__(self, *columns: ProgressColumn, quiet: bool, verbose: bool, lasting: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True, quiet=quiet)
        self.verbose = verbose
        self._lasting = lasting or not self._console.is_terminal
        self._told: list[Text] = []
        self._bar = Progress(*columns, console=self._console, expand=True, auto_refresh=False)
        self._task = self._bar.add_task("", total=None, words="opening", fps=0.0, left="")
        self._live = Live(console=self._console, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        if self._console.is_terminal and not self._console.quiet:
            self._live.start()
            self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()
        if error is not None and not self._lasting:
            self._print(*self._told)

    def tell(self, notice: Notice) -> None:
        """Tell a notice, if it is serious or all are wanted."""
        serious = notice.level is Level.WARNING
        if not (serious or self.verbose):
            return
        self.say(Text(f"vmafx: {notice.level}: {notice.text}", "yellow" if serious else ""))

    def say(self, text: Text) -> None:
        """Show a line above the bar."""
        if self._lasting:
            self._print(text)
        else:
            self._told.append(text)
        self._draw()

    def advance(
        self, done: float, total: float | None, words: str, *, fps: float = 0.0, left: str = ""
    ) -> None:
        """Move the bar.

        Args:
            done: How much is done.
            total: How much there is; None where unknown.
            words: What is going on.
            fps: How fast, in frames a second.
            left: How long it may still take, in words.
        """
        self._bar.update(self._task, completed=done, total=total, words=words, fps=fps, left=left)
        self._draw()

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line)

    def _draw(self) -> None:
        if self._live.is_started:
            self._live.update(Group(*self._told, self._bar))


class ScoringReporter(Reporter):
    """Shows the events of scoring; the arguments are those of every reporter."""

    def __init__(self, *, quiet: bool, verbose: bool, lasting: bool) -> None:
        columns = (
            TextColumn("{task.fields[words]}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("{task.fields[fps]:.1f} fps"),
            TimeRemainingColumn(compact=True),
        )
        super().__init__(*columns, quiet=quiet, verbose=verbose, lasting=lasting)

    def show(self, event: events.Event) -> None:
        """Take note of an event."""
        match event:
            case events.Told(notice=notice):
                self.tell(notice)
            case events.Progress(frames=done, expected_frames=total):
                words = f"{done}/{total}" if total else frames(done)
                self.advance(done, total and max(total, done), words, fps=event.fps)
            case events.Started():
                self.advance(0, event.expected_frames, "")
