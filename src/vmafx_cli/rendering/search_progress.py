"""What a search shows on standard error while it works: its phase, and how long it may take."""

import time
from typing import Any

from vmafx_cli.rendering.progress import Reporter
from vmafx_cli.tune.report.points import quality_name
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.probing.events import Advanced, Probed, Probing, Sampled, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.report.account import frames
from vmafx_core.report.views import words
from vmafx_core.scoring.events import Told


class SearchReporter(Reporter):
    """Shows the events of a search.

    While it probes, the bar goes over all probes that there will likely be; in any other phase,
    such as the encoding of the whole source, over that phase.

    Args:
        quiet: Show nothing at all.
        verbose: Tell also what is only for information, and every probe.
    """

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        super().__init__(quiet=quiet, verbose=verbose, lasting=True)
        self._probing: Probing | None = None
        self._done = 0.0
        self._began = time.monotonic()

    def show(self, event: TuneEvent[Any]) -> None:
        """Take note of an event."""
        match event:
            case Told(notice=notice):
                self.tell(notice)
            case Sampled(frames=count):
                self.advance(0, None, f"{frames(count)} sampled")
            case Probing():
                if self._probing is None:
                    self._began = time.monotonic()
                self._probing, self._done = event, 0.0
                self._show_probe()
            case Probed(point=point):
                self._done = 1.0
                self._show_probe()
                if self.verbose:
                    self.say(f"vmafx: info: {_measured(point)}")
            case Advanced() if self._probing and self._done < 1:
                # Encoding and scoring overlap; what is ahead says how far the probe is.
                self._done = max(self._done, min(event.done / (event.total or event.done or 1), 1))
                self._show_probe()
            case Advanced():
                self._show_phase(event)

    def _show_probe(self) -> None:
        """Move the bar over all probes."""
        if self._probing is None:
            return
        number, total = self._probing.number, max(self._probing.likely, self._probing.number)
        done = number - 1 + self._done
        passed = time.monotonic() - self._began
        left = f"about {_left(passed * (total - done) / done)} left" if done > 0.2 else ""
        shown = f"probe {number} of about {total}: {_named(self._probing.setting)}"
        self.advance(done, total, shown, left)

    def _show_phase(self, event: Advanced) -> None:
        """Move the bar over a phase of its own."""
        done, total = event.done, event.total
        speed = (done - event.kept) / event.seconds if event.seconds > 0 else 0.0
        left = f"{speed:.1f} fps"
        if total and speed:
            left += f", {_left(max(total - done, 0) / speed)} left"
        shown = f"{done}/{total}" if total else frames(done)
        self.advance(done, total and max(total, done), f"{event.phase} {shown}", left)


def _left(seconds: float) -> str:
    """What is left, no finer than it can be known."""
    return f"{seconds:.0f} s" if seconds < 59.5 else words.clock(seconds)


def _named(setting: EncodeSetting) -> str:
    size = " {}x{}".format(*setting.size) if setting.size else ""
    return f"{setting.encoder}{size} {find_encoder(setting.encoder).knob.name} {setting.quality:g}"


def _measured(point: Point) -> str:
    name, metric = next(iter(point.metrics.items()))
    came = "cached" if point.cached else f"{words.clock(point.encode_seconds)} to encode"
    return (
        f"{point.setting.encoder} {quality_name(point)}: {name} {words.score(metric.pooled.mean)}, "
        f"{words.bit_rate(point.bit_rate)}, {came}"
    )
