"""Options that say what a search is to find, and on which sample it measures."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from vmafx_cli.options import names, panels, values
from vmafx_cli.options.groups import option
from vmafx_cli.options.metrics import MetricOptions
from vmafx_cli.options.outputs import Threads
from vmafx_core.errors import UsageError
from vmafx_core.probing.request import Measuring, Sampling

if TYPE_CHECKING:
    from vmafx_core.scoring.requirements import Requirement

_MOST_WINDOWS = 10_000
DEFAULT_TARGET = "vmaf>=95"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetOptions:
    """What quality is to be met; the fields are the options."""

    target: Annotated[
        list[Any] | None,
        option(
            "--target",
            "-t",
            panel=panels.TARGETS,
            metavar="'METRIC[:POOL]>=X'",
            parser=values.target,
            complete=names.requirements,
            default=DEFAULT_TARGET,
            help="What the encode is to meet; a number is a mean VMAF; repeatable.",
        ),
    ] = None

    def targets(self) -> "tuple[Requirement, ...]":
        """The targets."""
        return tuple(self.target or (values.target(DEFAULT_TARGET),))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundOptions:
    """What a search has to stay within; the fields are the options."""

    max_bit_rate: Annotated[
        float | None,
        option(
            "--max-bitrate",
            panel=panels.TARGETS,
            metavar="RATE",
            parser=values.bit_rate,
            help="Most bits a second of the encoded video: 6M, 800k.",
        ),
    ] = None
    max_percent: Annotated[
        float | None,
        option(
            "--max-percent",
            panel=panels.TARGETS,
            metavar="PERCENT",
            parser=values.positive,
            help="Most percent of the source's own bit rate.",
        ),
    ] = None
    min_quality: Annotated[
        float | None,
        option(
            "--min-quality",
            panel=panels.TARGETS,
            metavar="X",
            default="the encoder's",
            help="Lowest value of the encoder's quality knob (crf, cq...) to try.",
        ),
    ] = None
    max_quality: Annotated[
        float | None,
        option(
            "--max-quality",
            panel=panels.TARGETS,
            metavar="X",
            default="the encoder's",
            help="Highest value of it.",
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions(MetricOptions):
    """How settings are measured; the fields are the options."""

    no_cache: Annotated[
        bool,
        option(
            "--no-cache",
            panel=panels.RUNNING,
            metavar="",
            help="Measure anew what an earlier run has measured, and keep nothing.",
        ),
    ] = False
    threads: Threads = None

    def sampling(self) -> Sampling:
        """What part of the source stands for it."""
        return Sampling()

    def measuring(self, display: tuple[int, int] | None = None) -> Measuring:
        """How settings are measured.

        Args:
            display: Width and height at which quality is measured; None for the source's.

        Raises:
            UsageError: If nothing is to be measured, or options contradict each other.
        """
        if neural := self.neural():
            raise UsageError(
                f"searches cannot be for {neural[0].model!r}", "Use a model of libvmaf."
            )
        return Measuring(
            models=self.models(),
            features=self.features(),
            sampling=self.sampling(),
            display=display,
            threads=self.threads,
            cache=not self.no_cache,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleOptions(ProbeOptions):
    """The same, on a sample of the source; the fields are the options."""

    samples: Annotated[
        int | None,
        option(
            "--samples",
            panel=panels.SAMPLED,
            metavar="N",
            min=1,
            max=_MOST_WINDOWS,
            default="by its length",
            help="Encode and measure this many windows of the source.",
        ),
    ] = None
    sample_seconds: Annotated[
        float | None,
        option(
            "--sample-seconds",
            panel=panels.SAMPLED,
            metavar="TIME",
            parser=values.positive_seconds,
            default=f"{Sampling().seconds:g} s",
            help="Length of a window.",
        ),
    ] = None
    full: Annotated[
        bool,
        option("--full", panel=panels.SAMPLED, metavar="", help="Use all of the source instead."),
    ] = False

    def sampling(self) -> Sampling:
        """Which windows of the source stand for it."""
        return Sampling(
            windows=self.samples,
            seconds=self.sample_seconds or Sampling().seconds,
            whole=self.full,
        )


class TuneFormat(StrEnum):
    """A format that the result of a search can be printed in."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    NDJSON = "ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingOptions:
    """Where the result of a search goes; the fields are the options."""

    format: Annotated[
        TuneFormat | None,
        option(
            "--format",
            panel=panels.RESULTS,
            metavar="FORMAT",
            default="table",
            help="What to print: table, json, csv, or ndjson while it searches.",
        ),
    ] = None
    output: Annotated[
        list[str] | None,
        option(
            "--output",
            "-o",
            panel=panels.RESULTS,
            metavar="FILE",
            help="Write the result to a file too, in the format of its ending: .json, .csv, "
            ".txt; repeatable.",
        ),
    ] = None
    report: Annotated[
        str | None,
        option(
            "--report",
            panel=panels.RESULTS,
            metavar="FILE.html",
            help="Write a page with charts and tables.",
        ),
    ] = None
