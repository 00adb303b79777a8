"""Searches in one call each, for programs; `vmafx_core` offers them as its own.

Each follows the events of its search to the result. For progress, hand it `on_event`; to be able to
break off, iterate over the generator of the same name in `_events`, and close it. Where a daemon is
to measure, hand over `vmafx_rpc.prober.DaemonProber`.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from os import PathLike
from pathlib import Path
from typing import Any

from vmafx_cli.tune.compare.encoders import CompareRequest, CompareResult, compare_events
from vmafx_cli.tune.corpus.grid import GridRequest, GridResult, grid_events
from vmafx_cli.tune.encode.whole import EncodeResult, encode_events
from vmafx_cli.tune.ladder.build import LadderRequest, LadderResult, ladder_events
from vmafx_cli.tune.ladder.media import Packaging
from vmafx_cli.tune.ladder.rules import RungRules
from vmafx_cli.tune.search.crf import CrfRequest, CrfResult, crf_events
from vmafx_cli.tune.search.spread import Span
from vmafx_cli.tune.shots.encode import ShotsResult, shots_events
from vmafx_cli.tune.shots.plan import ShotsRequest
from vmafx_cli.tune.shots.points import Bounds
from vmafx_cli.tune.sizes import Resolution
from vmafx_core.arguments import listed
from vmafx_core.encoders.audio import COPIED, Audio
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.errors import WorkError
from vmafx_core.media.types import Input, input_spec
from vmafx_core.probing.events import Done, TuneEvent
from vmafx_core.probing.measure import LOCAL_PROBER
from vmafx_core.probing.prober import Prober
from vmafx_core.probing.request import Measuring
from vmafx_core.probing.targets import parse_target
from vmafx_core.scoring.requirements import Requirement

type Target = str | float | Requirement
"""A requirement such as "vmaf:p5>=88", or a number for the mean VMAF."""
type Setting = str | EncodeSetting
"""An encoder, with its preset behind a colon where that is not its default: "libx265:slow"."""
type OnEvent = Callable[[TuneEvent[Any]], None] | None

_MEASURING = Measuring()
_RULES = RungRules()


def find_crf(
    source: Input,
    encoder: Setting = "libx264",
    *,
    targets: Iterable[Target] | Target,
    max_bit_rate: float | None = None,
    max_percent: float | None = None,
    min_quality: float | None = None,
    max_quality: float | None = None,
    verify: bool = False,
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> CrfResult:
    """Find the coarsest quality of an encoder that meets targets, as `vmafx tune crf` does.

    Args:
        source: The video to encode.
        encoder: What to encode it with; its quality is what is searched.
        targets: What the encode is to meet; one or several.
        max_bit_rate: Most bits a second of the encoded video; None for no bound.
        max_percent: Most percent of the source's own bit rate; None for no bound.
        min_quality: Lowest value of the knob to consider; None for the encoder's.
        max_quality: Highest value; None for the encoder's.
        verify: Whether the pick is encoded and measured on the whole source at the end.
        measuring: How settings are measured: models, features, the sample, threads, the cache.
        prober: Where they are measured.
        on_event: Called with every event.

    Returns:
        The pick (`found.pick`, None where nothing meets the targets), why, and all points.

    Raises:
        VmafxError: What went wrong; see `vmafx_core.errors`.
    """
    request = _crf_request(
        source,
        encoder,
        targets,
        max_bit_rate=max_bit_rate,
        max_percent=max_percent,
        min_quality=min_quality,
        max_quality=max_quality,
        verify=verify,
        measuring=measuring,
    )
    return _followed(crf_events(request, prober), on_event)


def encode_to_target(
    source: Input,
    output: str | PathLike[str],
    encoder: Setting = "libx264",
    *,
    targets: Iterable[Target] | Target,
    max_bit_rate: float | None = None,
    max_percent: float | None = None,
    min_quality: float | None = None,
    max_quality: float | None = None,
    audio: Audio = COPIED,
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> EncodeResult:
    """Search, encode the whole source with what was found, and verify, as `vmafx tune encode` does.

    Args:
        source: The video to encode.
        output: The file to write; it has its name only when all is well.
        encoder: As for `find_crf`, and so are all that are not told of here.
        targets: Likewise.
        max_bit_rate: Likewise.
        max_percent: Likewise.
        min_quality: Likewise.
        max_quality: Likewise.
        audio: What becomes of the source's audio.
        measuring: Likewise.
        prober: Where settings are measured; the whole source is encoded here.
        on_event: Called with every event.

    Returns:
        What was searched, and what the encode measures; `met` says whether it is there.

    Raises:
        VmafxError: What went wrong; nothing has the final name then.
    """
    request = _crf_request(
        source,
        encoder,
        targets,
        max_bit_rate=max_bit_rate,
        max_percent=max_percent,
        min_quality=min_quality,
        max_quality=max_quality,
        verify=False,
        measuring=measuring,
    )
    return _followed(encode_events(request, Path(output), audio, prober), on_event)


def find_ladder(
    source: Input,
    encoder: Setting = "libx264",
    *,
    top: Target = 95.0,
    resolutions: Sequence[Resolution] = (),
    rules: RungRules = _RULES,
    segment_seconds: float = 4.0,
    packaging: Packaging | None = None,
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> LadderResult:
    """Find the rungs of a ladder on the hull over sizes, as `vmafx tune ladder` does.

    Args:
        source: The video to encode.
        encoder: What to encode it with; its quality and size are what is searched.
        top: Quality that the top rung is to have.
        resolutions: Heights, or sizes (width, height), to choose from; empty for standard ones.
        rules: What the ladder has to keep to.
        segment_seconds: Length of the segments that it is for: one key frame each.
        packaging: What is made of the ladder; None to find it only.
        measuring: How settings are measured.
        prober: Where they are measured; media are always made here.
        on_event: Called with every event.

    Returns:
        The rungs (`ladder.rungs`, from the lowest), all points, and what was packaged.

    Raises:
        VmafxError: What went wrong; see `vmafx_core.errors`.
    """
    request = LadderRequest(
        source=input_spec(source),
        setting=_setting(encoder),
        top=_target(top),
        resolutions=tuple(resolutions),
        rules=rules,
        segment_seconds=segment_seconds,
        packaging=packaging,
        measuring=measuring,
    )
    return _followed(ladder_events(request, prober), on_event)


def encode_shots(
    source: Input,
    output: str | PathLike[str] | None,
    encoder: Setting = "libx264",
    *,
    target: Target,
    every_shot: bool = False,
    floor: float | None = None,
    audio: Audio = COPIED,
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> ShotsResult:
    """Encode with a quality for each shot, as `vmafx tune shots` does.

    Args:
        source: The video to encode.
        output: The file to write; None to plan only.
        encoder: What to encode it with; its quality is chosen for each shot.
        target: What all shots together are to reach.
        every_shot: Whether each shot by itself is to reach it, rather than their mean.
        floor: What no shot may miss; None for no such bound.
        audio: What becomes of the source's audio.
        measuring: How settings are measured.
        prober: Where they are measured.
        on_event: Called with every event.

    Returns:
        The plan, what was encoded, and whether it meets the target.

    Raises:
        VmafxError: What went wrong; nothing has the final name then.
    """
    request = ShotsRequest(
        source=input_spec(source),
        setting=_setting(encoder),
        bounds=Bounds(_target(target), every_shot, floor),
        measuring=measuring,
    )
    path = None if output is None else Path(output)
    return _followed(shots_events(request, path, audio, prober), on_event)


def compare_encoders(
    source: Input,
    encoders: Sequence[Setting],
    *,
    targets: Iterable[Target] | Target = (),
    span: Span | None = None,
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> CompareResult:
    """Hold encoders against each other at equal quality, as `vmafx tune compare` does.

    Args:
        source: The video to encode.
        encoders: What to encode it with, two at least; the first is what others are held against.
        targets: The quality at which bit rates are compared; empty for none.
        span: The qualities that whole curves go over, for BD-rates; None for no curves.
        measuring: How settings are measured.
        prober: Where they are measured.
        on_event: Called with every event.

    Returns:
        One comparison, with a contender for each encoder.

    Raises:
        VmafxError: What went wrong; see `vmafx_core.errors`.
    """
    request = CompareRequest(
        source=input_spec(source),
        settings=tuple(map(_setting, listed("encoders", encoders))),
        targets=_targets(targets),
        span=span,
        measuring=measuring,
    )
    return _followed(compare_events(request, prober), on_event)


def measure_corpus(
    sources: Sequence[Input],
    path: str | PathLike[str],
    settings: Sequence[EncodeSetting],
    *,
    resolutions: Sequence[Resolution] = (),
    measuring: Measuring = _MEASURING,
    prober: Prober = LOCAL_PROBER,
    on_event: OnEvent = None,
) -> GridResult:
    """Measure a grid of sources and settings into a corpus, as `vmafx tune corpus` does.

    Args:
        sources: The videos to encode.
        path: The corpus, which is begun or gone on with.
        settings: What to encode each with, at every quality that is wanted.
        resolutions: Heights or sizes to encode at; empty for the source's alone.
        measuring: How settings are measured.
        prober: Where they are measured.
        on_event: Called with every event.

    Returns:
        The rows that were added, and what failed.

    Raises:
        VmafxError: What went wrong; what was measured is in the corpus.
    """
    request = GridRequest(
        sources=tuple(map(input_spec, listed("sources", sources))),
        settings=tuple(settings),
        path=Path(path),
        resolutions=tuple(resolutions),
        measuring=measuring,
    )
    return _followed(grid_events(request, prober), on_event)


def _crf_request(
    source: Input,
    encoder: Setting,
    targets: Iterable[Target] | Target,
    *,
    max_bit_rate: float | None,
    max_percent: float | None,
    min_quality: float | None,
    max_quality: float | None,
    verify: bool,
    measuring: Measuring,
) -> CrfRequest:
    return CrfRequest(
        source=input_spec(source),
        setting=_setting(encoder),
        targets=_targets(targets),
        measuring=measuring,
        max_bit_rate=max_bit_rate,
        max_percent=max_percent,
        min_quality=min_quality,
        max_quality=max_quality,
        verify=verify,
    )


def _setting(given: Setting) -> EncodeSetting:
    if isinstance(given, EncodeSetting):
        return given
    name, _, preset = given.partition(":")
    encoder = find_encoder(name)
    setting = EncodeSetting(encoder=encoder.name, quality=encoder.knob.default, preset=preset)
    encoder.check(setting)
    return setting


def _targets(given: Iterable[Target] | Target) -> tuple[Requirement, ...]:
    one = isinstance(given, str | int | float | Requirement)
    return tuple(map(_target, [given] if one else given))  # type: ignore[arg-type]


def _target(given: Target) -> Requirement:
    return given if isinstance(given, Requirement) else parse_target(str(given))


def _followed[Result](events: Generator[TuneEvent[Result]], on_event: OnEvent) -> Result:
    with closing(events):
        for event in events:
            if on_event:
                on_event(event)
            if isinstance(event, Done):
                return event.result
    raise WorkError("the search ended without a result")
