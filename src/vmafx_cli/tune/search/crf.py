"""The coarsest quality of one encoder that meets targets on a source."""

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

from vmafx_cli.tune.search.quality import Constraints, Found, search
from vmafx_core.arguments import check_number
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import UsageError
from vmafx_core.media.extent import length_read
from vmafx_core.media.locations import name_of
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.notice import warning
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.points import Point
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.request import Measuring, Sampling
from vmafx_core.probing.targets import check_targets
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class CrfRequest:
    """What is searched.

    Attributes:
        source: The video to encode.
        setting: What to encode it with; its quality is what is searched.
        targets: What the encode is to meet; at least one.
        measuring: How settings are measured.
        max_bit_rate: Most bits a second of the encoded video; None for no bound.
        max_percent: Most percent of the source's own bit rate; None for no bound.
        min_quality: Lowest value of the knob to consider; None for the encoder's.
        max_quality: Highest value; None for the encoder's.
        verify: Whether the pick is encoded and measured on the whole source at the end.
    """

    source: InputSpec
    setting: EncodeSetting
    targets: tuple[Requirement, ...]
    measuring: Measuring = field(default_factory=Measuring)
    max_bit_rate: float | None = None
    max_percent: float | None = None
    min_quality: float | None = None
    max_quality: float | None = None
    verify: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that nothing can be within.

        Raises:
            UsageError: A bound is not above zero, or no number.
        """
        check_number("max_bit_rate", self.max_bit_rate, above=0)
        check_number("max_percent", self.max_percent, above=0)
        check_number("min_quality", self.min_quality)
        check_number("max_quality", self.max_quality)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CrfResult:
    """What was found.

    Attributes:
        request: What was asked for.
        source: What the source turned out to be.
        source_bit_rate: Its video's bits a second; None where unknown.
        windows: The parts of it that were encoded and measured.
        whole: Whether they are all of it.
        found: The pick, why, and all points.
        verified: The pick, measured on the whole source; None where that was not asked for.
        seconds: Wall time.
    """

    request: CrfRequest
    source: VideoInfo
    source_bit_rate: float | None
    windows: tuple[Window, ...]
    whole: bool
    found: Found
    verified: Point | None
    seconds: float

    @property
    def length(self) -> float | None:
        """Seconds of what is to be encoded of the source; None where unknown."""
        return length_read(self.request.source, self.source)

    def predicted_bytes(self, point: Point) -> float | None:
        """Bytes that all of this will take at a point's setting; None where unknown."""
        return None if self.length is None else point.bit_rate * self.length / 8

    def percent(self, point: Point) -> float | None:
        """A point's bit rate in percent of the source's; None where that is unknown."""
        return 100 * point.bit_rate / self.source_bit_rate if self.source_bit_rate else None


def crf_events(
    request: CrfRequest, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[CrfResult]]:
    """Search, telling what happens; closing the generator cancels and frees everything.

    Args:
        request: What is searched.
        prober: Where settings are measured.

    Yields:
        The events of sampling and of every probe, then `Done` with the result.

    Raises:
        UsageError: The request contradicts itself, or a target cannot be met by anything.
        InputError: The source cannot be read.
        ComponentError: The encoder or libvmaf is not usable here.
        WorkError: Encoding or scoring failed.
    """
    began = time.monotonic()
    encoder = find_encoder(request.setting.encoder)
    check_targets(request.targets, request.measuring, request.source)
    encoder.check(request.setting)
    measurer = yield from prober.prepared(request.source, request.measuring)
    source = measurer.info
    constraints = Constraints(
        most_bit_rate(request, source), request.min_quality, request.max_quality
    )
    found = yield from search(
        request.setting,
        request.targets,
        measurer.probe,
        constraints=constraints,
        known=measurer.known(request.setting),
    )
    yield from _warn(found, source)
    verified = None
    if request.verify and found.pick and not measurer.sampled.whole:
        verified = yield from _verified(prober, request, found.pick.setting)
    yield Done(
        CrfResult(
            request=request,
            source=source,
            source_bit_rate=source.bit_rate,
            windows=measurer.sampled.windows,
            whole=measurer.sampled.whole,
            found=found,
            verified=verified,
            seconds=time.monotonic() - began,
        )
    )


def _verified(
    prober: Prober, request: CrfRequest, setting: EncodeSetting
) -> Generator[TuneEvent[Any], None, Point]:
    """Measure a setting on the whole source."""
    everything = Sampling(whole=True)
    measuring = replace(request.measuring, sampling=everything)
    measurer = yield from prober.prepared(request.source, measuring)
    return (yield from measurer.probe(setting))


def most_bit_rate(request: CrfRequest, source: VideoInfo) -> float | None:
    """The tighter of a request's two bounds, in bits a second; None where it has none.

    Raises:
        UsageError: One is a share of a bit rate that nobody knows.
    """
    bounds = [request.max_bit_rate]
    if request.max_percent is not None:
        if not source.bit_rate:
            raise UsageError(
                f"{name_of(source.location)}: says nothing of its bit rate, of which the encode is "
                f"to be {request.max_percent:g} percent at most",
                "Give the bound as a bit rate.",
            )
        bounds.append(source.bit_rate * request.max_percent / 100)
    return min((b for b in bounds if b is not None), default=None)


def _warn(found: Found, source: VideoInfo) -> Generator[TuneEvent[Any]]:
    """Tell where an encode saves nothing."""
    rate, own = found.nearest.bit_rate, source.bit_rate
    if own and rate > own:
        text = (
            f"{name_of(source.location)}: has {own / 1000:.0f} kb/s, less than the "
            f"{rate / 1000:.0f} kb/s of this encode"
        )
        yield Told(warning("larger-than-source", text))
