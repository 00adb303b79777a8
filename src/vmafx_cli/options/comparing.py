"""Options that say which encoders are used, and what about them is compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from vmafx_cli.options import names, panels
from vmafx_cli.options.encoding import EncodedFormat, Passed, encode_setting
from vmafx_cli.options.groups import option
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError

if TYPE_CHECKING:
    from vmafx_cli.tune.search.spread import Span
    from vmafx_core.scoring.requirements import Requirement

_MOST_POINTS = 50
_RANGE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)-(\d+(?:\.\d*)?|\.\d+)")
# From where pictures are clearly bad to where no flaw is seen.
_VMAF_RANGE = (70.0, 96.0)


def _encoders(incomplete: str) -> Iterator[str]:
    """Completes the last of a list of encoders, or its preset."""
    before, comma, last = incomplete.rpartition(",")
    name, colon, preset = last.partition(":")
    if colon:
        offered = (f"{name}:{p}" for p in names.presets({"encoder": name}, preset))
    else:
        offered = (n for n, _ in names.encoders(last))
    return (f"{before}{comma}{word}" for word in offered)


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodersOptions:
    """Which encoders are used, and how; the fields are the options."""

    encoders: Annotated[
        list[str] | None,
        option(
            "--encoders",
            "--encoder",
            "-e",
            panel=panels.ENCODED,
            metavar="NAME[:PRESET],...",
            complete=_encoders,
            help="Encoders, with presets: libx264:slow,libsvtav1:6; repeatable.",
        ),
    ] = None
    enc: Passed = None
    enc_pix_fmt: EncodedFormat = None

    def settings(self) -> tuple[EncodeSetting, ...]:
        """How to encode with each, at the quality that its own users begin with.

        Raises:
            UnknownNameError: If there is no such encoder, preset or pixel format.
        """
        words = [word.strip() for text in self.encoders or () for word in text.split(",")]
        parts = (word.partition(":") for word in words if word)
        return tuple(
            encode_setting(name, preset, self.enc, self.enc_pix_fmt) for name, _, preset in parts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveOptions:
    """What about encoders is compared; the fields are the options."""

    bd_rate: Annotated[
        bool,
        option(
            "--bd-rate",
            panel=panels.TARGETS,
            metavar="",
            help="Compare whole curves, by BD-rate and BD-quality.",
        ),
    ] = False
    metric: Annotated[
        str,
        option(
            "--metric",
            panel=panels.TARGETS,
            metavar="METRIC[:POOL]",
            complete=names.requirements,
            show_default=True,
            help="What quality is on the curves.",
        ),
    ] = "vmaf"
    span: Annotated[
        str | None,
        option(
            "--range",
            panel=panels.TARGETS,
            metavar="LOW-HIGH",
            default="70-96, of VMAF",
            help="Qualities that the curves are to go over.",
        ),
    ] = None
    points: Annotated[
        int,
        option(
            "--points",
            panel=panels.TARGETS,
            metavar="N",
            min=4,
            max=_MOST_POINTS,
            show_default=True,
            help="Points of each curve.",
        ),
    ] = 5

    def quality(self) -> "Requirement":
        """What quality is on the curves; its bound is the best quality wanted, if any is named.

        Raises:
            UsageError: If the metric or the range cannot be read.
        """
        from vmafx_core.libvmaf.catalogue import lower_is_better
        from vmafx_core.scoring.requirements import parse_requirement

        named = parse_requirement(f"{self.metric}>=0")
        less = lower_is_better(named.metric) or named.pool == "stdev"
        low, high = self.limits() or _VMAF_RANGE
        return parse_requirement(f"{self.metric}<={low}" if less else f"{self.metric}>={high}")

    def limits(self) -> tuple[float, float] | None:
        """The range that was named.

        Raises:
            UsageError: If it cannot be read.
        """
        return _score_range(self.span) if self.span else None

    def curves(self) -> "Span | None":
        """The curves that are wanted; None for none.

        Raises:
            UsageError: If the metric cannot be read, or no range is known for it.
        """
        from vmafx_cli.tune.search.spread import Span

        if not self.bd_rate:
            return None
        metric = self.quality()
        if not self.span and not metric.metric.startswith("vmaf"):
            raise UsageError(
                f"no range is known over which to compare {metric.metric}",
                "Name one with --range, such as 30-45.",
            )
        low, high = self.limits() or _VMAF_RANGE
        worst = high if metric.operator == "<=" else low
        return Span(metric=metric, worst=worst, points=self.points)


def _score_range(text: str) -> tuple[float, float]:
    found = _RANGE.fullmatch(text)
    low, high = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    if not low < high:
        raise UsageError(f"--range {text!r} is not a range", "Write LOW-HIGH, such as 70-96.")
    return low, high
