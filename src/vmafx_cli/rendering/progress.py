"""What a run shows on standard error while it works: a progress bar, and what there is to tell."""

import sys
from types import TracebackType
from typing import Self

from vmafx_core.notice import Level, Notice
from vmafx_core.report.account import frames
from vmafx_core.scoring import events


class Reporter:
    """Shows a bar, and above it what there is to tell, to whoever watches standard error.

    Where that is no terminal, there is no bar, and what there is to tell are plain lines.

    Args:
        quiet: Show nothing at all.
        verbose: Tell also what is only for information.
        lasting: Leave what was told on the screen. Where the same terminal shows the notices again
            in the result's table, they stand above the bar for the time being only.
        timed: Estimate how long it takes; for what goes at an even pace.
    """

    def __init__(self, *, quiet: bool, verbose: bool, lasting: bool, timed: bool = False) -> None:
        self.verbose = verbose
        self._quiet = quiet
        self._bar = None
        if not quiet and sys.stderr.isatty():
            from vmafx_cli.rendering.bar import Bar  # scripts need not wait for it to load

            self._bar = Bar(lasting=lasting, timed=timed)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop(failed=error is not None)

    def tell(self, notice: Notice) -> None:
        """Tell a notice, if it is serious or all are wanted."""
        serious = notice.level is Level.WARNING
        if serious or self.verbose:
            self.say(f"vmafx: {notice.level}: {notice.text}", "yellow" if serious else "")

    def say(self, text: str, style: str = "") -> None:
        """Show a line, above the bar if there is one."""
        if self._bar:
            self._bar.say(text, style)
        elif not self._quiet:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()

    def advance(self, done: float, total: float | None, words: str, left: str = "") -> None:
        """Move the bar.

        Args:
            done: How much is done.
            total: How much there is; None where unknown.
            words: What is going on.
            left: How fast, or how long it may still take.
        """
        if self._bar:
            self._bar.advance(done, total, words, left)


class ScoringReporter(Reporter):
    """Shows the events of scoring; the arguments are those of every reporter."""

    def __init__(self, *, quiet: bool, verbose: bool, lasting: bool) -> None:
        super().__init__(quiet=quiet, verbose=verbose, lasting=lasting, timed=True)

    def show(self, event: events.Event) -> None:
        """Take note of an event."""
        match event:
            case events.Told(notice=notice):
                self.tell(notice)
            case events.Progress(frames=done, expected_frames=total):
                words = f"{done}/{total}" if total else frames(done)
                self.advance(done, total and max(total, done), words, f"{event.fps:.1f} fps")
            case events.Started():
                self.advance(0, event.expected_frames, "", "0.0 fps")
