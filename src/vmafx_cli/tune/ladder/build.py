"""A ladder of encodes for adaptive streaming: the hull over sizes, and the rungs on it.

All sizes share one sample, and quality is measured at one display size, so that their curves can
be held against each other (`vmafx_cli.tune.ladder.hull_search`).
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

from vmafx_cli.tune.corpus.row import SourceFacts
from vmafx_cli.tune.ladder.hull_search import Ladder, search_ladder
from vmafx_cli.tune.ladder.media import Packaging, package
from vmafx_cli.tune.ladder.rules import RungRules
from vmafx_cli.tune.sizes import Resolution, Size, by_size, ladder_sizes
from vmafx_core.arguments import check_number
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import ASSUMED_RATE, InputSpec, VideoInfo
from vmafx_core.packaging.audio import check_packaged
from vmafx_core.packaging.folder import check_free
from vmafx_core.packaging.presentation import Presentation
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER, SampleMeasurer, prepared
from vmafx_core.probing.prober import Measurer, Prober
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.sample import Sample
from vmafx_core.probing.targets import check_targets, meets
from vmafx_core.probing.windows import Window
from vmafx_core.scoring.events import Told
from vmafx_core.scoring.requirements import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRequest:
    """What is asked for.

    Attributes:
        source: The video to encode.
        setting: What to encode it with; its quality and size are what is searched.
        top: Quality that the top rung is to have; its metric and pool are what quality means.
        resolutions: Heights or sizes to choose from; empty for standard ones.
        rules: What the ladder has to keep to.
        segment_seconds: Length of the segments that it is for: one key frame each.
        measuring: How settings are measured.
        packaging: What is made of the ladder; None to find it only.
    """

    source: InputSpec
    setting: EncodeSetting
    top: Requirement
    resolutions: tuple[Resolution, ...] = ()
    rules: RungRules = field(default_factory=RungRules)
    segment_seconds: float = 4.0
    measuring: Measuring = field(default_factory=Measuring)
    packaging: Packaging | None = None

    def __post_init__(self) -> None:
        """Refuse segments without a length.

        Raises:
            UsageError: It is not above zero, or no number.
        """
        check_number("segment_seconds", self.segment_seconds, above=0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LadderResult:
    """What came out.

    Attributes:
        request: What was asked for.
        source: What is known of the source.
        windows: The parts of it that were encoded and measured.
        whole: Whether they are all of it.
        display: Width and height at which quality was measured.
        ladder: The rungs and the points.
        presentation: The tracks that were packaged, one a rung; None where that was not wanted.
        seconds: Wall time.
    """

    request: LadderRequest
    source: VideoInfo | SourceFacts
    windows: tuple[Window, ...]
    whole: bool
    display: Size
    ladder: Ladder
    presentation: Presentation | None
    seconds: float

    @property
    def reaches_top(self) -> bool:
        """Whether the top rung has the quality that was asked for."""
        top = self.request.top
        return meets(top, self.ladder.rungs[-1].value(top))


def ladder_events(
    request: LadderRequest, prober: Prober = LOCAL_PROBER
) -> Generator[TuneEvent[LadderResult]]:
    """Find a ladder, telling what happens; closing the generator cancels and frees everything.

    Args:
        request: What is asked for.
        prober: Where settings are measured; media are always made here.

    Yields:
        The events of sampling and of every probe, then `Done` with the result.

    Raises:
        UsageError: The request contradicts itself, or nothing is within its bounds.
        InputError: The source cannot be read.
        ComponentError: The encoder or libvmaf is not usable here.
        WorkError: Encoding or scoring failed.
    """
    began = time.monotonic()
    check_targets([request.top], request.measuring, request.source)
    find_encoder(request.setting.encoder).check(request.setting)
    if request.packaging:
        check_free(request.packaging.folder)
        check_packaged(request.packaging.audio)
    measurer = yield from prober.prepared(request.source, request.measuring)
    source = measurer.info
    sizes, notices = ladder_sizes(request.resolutions, source)
    for notice in notices:
        yield Told(notice)
    rules = request.rules.sized(source)
    sizes = by_size([*sizes, *ladder_sizes(rules.forced, source)[0]]) if rules.forced else sizes
    setting = replace(
        request.setting, keyframe_interval=segment_frames(source, request.segment_seconds)
    )
    ladder = yield from search_ladder(setting, sizes, rules, request.top, measurer.probe)
    presentation = None
    if request.packaging:
        presentation = yield from package(
            request.packaging,
            request.source,
            ladder.rungs,
            source,
            None if request.packaging.media else (yield from _sample(request, measurer)),
            segment_seconds=request.segment_seconds,
            threads=request.measuring.threads,
        )
    yield Done(
        LadderResult(
            request=request,
            source=source,
            windows=measurer.sampled.windows,
            whole=measurer.sampled.whole,
            display=request.measuring.display or (source.width, source.height),
            ladder=ladder,
            presentation=presentation,
            seconds=time.monotonic() - began,
        )
    )


def _sample(request: LadderRequest, measurer: Measurer) -> Generator[TuneEvent[Any], None, Sample]:
    """The sample, decoded: here, if it was measured elsewhere."""
    if not isinstance(measurer, SampleMeasurer):
        windows = measurer.sampled.windows
        measurer = yield from prepared(request.source, request.measuring, windows)
    return measurer.sample


def segment_frames(source: VideoInfo, seconds: float) -> int:
    """Frames of a segment about that long: as many in each."""
    return max(1, round(seconds * (source.frame_rate or ASSUMED_RATE)))
