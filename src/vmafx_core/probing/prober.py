"""Where settings are measured: here, or wherever else a caller of a search has it done."""

from collections.abc import Generator
from typing import Any, Protocol

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.probing.events import Sampled, TuneEvent
from vmafx_core.probing.points import Point
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.windows import Window


class Measurer(Protocol):
    """Measures settings on one sample of a source."""

    @property
    def info(self) -> VideoInfo:
        """The source."""

    @property
    def sampled(self) -> Sampled:
        """What is encoded and measured; known at the latest when a setting was measured."""

    def known(self, setting: EncodeSetting) -> tuple[Point, ...]:
        """Points measured before on this sample with the same setting but for its quality."""

    def probe(self, setting: EncodeSetting) -> Generator[TuneEvent[Any], None, Point]:
        """Encode and measure, or know already; returns the point.

        Yields:
            `Advanced` while it works, `Told`, and `Probed` at the end.

        Raises:
            UsageError: The encoder cannot follow the setting.
            ComponentError: The encoder is not usable.
            WorkError: Encoding or scoring failed.
        """


class Prober(Protocol):
    """Where samples are decoded, and settings measured on them."""

    def prepared(
        self, source: InputSpec, measuring: Measuring, windows: tuple[Window, ...] | None = None
    ) -> Generator[TuneEvent[Any], None, Measurer]:
        """What measures settings on a sample of a source.

        Args:
            source: The source.
            measuring: How settings are measured.
            windows: The windows to use; None to choose them as `measuring` says.

        Yields:
            What there is to tell of the sample.

        Raises:
            UsageError: The source is a pipe.
            InputError: The source cannot be read.
        """

    def share(self, count: int, threads: int | None) -> tuple[int, int | None]:
        """How many of some probes to run at the same time, and how many threads each gets.

        Args:
            count: How many there are.
            threads: Threads for all together; None for what there is.
        """
