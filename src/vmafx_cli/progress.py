"""What a run shows on standard error while it works: a progress bar, and what there is to tell."""

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from vmafx_core.notice import Level, Notice
from vmafx_core.scoring import events


class Reporter:
    """Shows a run's events to whoever watches standard error.

    Args:
        quiet: Show nothing at all.
        verbose: Tell also what is only for information.
        lasting: Leave what was told on the screen. Where the same terminal shows the notices again
            in the result's table, they stand above the bar for the time being only.
    """

    def __init__(self, *, quiet: bool, verbose: bool, lasting: bool) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True, quiet=quiet)
        self._verbose = verbose
        self._lasting = lasting or not self._console.is_terminal
        self._told: list[Text] = []
        self._bar = _bar(self._console)
        self._task = self._bar.add_task("", total=None, fps=0.0, frames="opening")
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

    def show(self, event: events.Event) -> None:
        """Take note of an event."""
        match event:
            case events.Told(notice=notice):
                self._tell(notice)
            case events.Progress():
                total = event.expected_frames
                self._bar.update(
                    self._task,
                    completed=event.frames,
                    total=total and max(total, event.frames),
                    frames=f"{event.frames}/{total}" if total else f"{event.frames} frames",
                    fps=event.fps,
                )
            case events.Started():
                self._bar.update(self._task, total=event.expected_frames, frames="")
        self._draw()

    def _tell(self, notice: Notice) -> None:
        serious = notice.level is Level.WARNING
        if not (serious or self._verbose):
            return
        text = Text(f"vmafx: {notice.level}: {notice.text}", "yellow" if serious else "")
        if self._lasting:
            self._print(text)
        else:
            self._told.append(text)

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line)

    def _draw(self) -> None:
        if self._live.is_started:
            self._live.update(Group(*self._told, self._bar))


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.fields[frames]}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[fps]:.1f} fps"),
        TimeRemainingColumn(compact=True),
        console=console,
        expand=True,
        auto_refresh=False,
    )
