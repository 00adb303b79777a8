"""Settling everything before the first frame is scored: inputs, offsets, pictures, models."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vmafx_core.arguments import check_number
from vmafx_core.backends.role import Role
from vmafx_core.errors import MismatchError, UsageError
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import AUTO, ModelSpec
from vmafx_core.limits import usable_cpus
from vmafx_core.media.extent import frames_read
from vmafx_core.media.frames import Source
from vmafx_core.media.locations import name_of
from vmafx_core.media.match import Match, match
from vmafx_core.media.rates import Rates, compare_rates
from vmafx_core.media.sync import Offset, find_offset
from vmafx_core.media.types import ASSUMED_RATE
from vmafx_core.notice import Notice, counted, info, warning
from vmafx_core.scoring.inputs import Inputs, ReadyInputs
from vmafx_core.scoring.models import choose_models
from vmafx_core.scoring.needs import check_picture
from vmafx_core.scoring.request import Pairing, ScoreRequest

if TYPE_CHECKING:
    from vmafx_core.scoring.neural import NeuralMetric

_MOST_THREADS = 512
_MOST_SIDE = 16384
"""Of raw video against raw video, where nobody says a rate."""


@dataclass(frozen=True, slots=True)
class PairPlan:
    """How one distorted video is scored.

    Attributes:
        source: The distorted video, opened.
        match: The pictures' common form, and how both sides get there.
        models: The models, each with the name of its metric.
        offset: Frames that the distorted side is late.
        delay: The same in seconds.
        offset_source: "none", "given" or "found".
        notices: What there is to tell.
    """

    source: Source
    match: Match
    models: tuple[tuple[ModelSpec, str], ...]
    offset: int
    delay: float
    offset_source: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a request is carried out.

    Attributes:
        reference: The reference, opened.
        pairs: One plan a distorted video.
        pairing: INDEX or TIME.
        threads: Threads for libvmaf, over all pairs.
        expected_frames: Pairs that will probably be scored; None where nothing says.
        notices: What there is to tell about the run as a whole.
        neural: The neural models, loaded.
    """

    reference: Source
    pairs: tuple[PairPlan, ...]
    pairing: Pairing
    threads: int
    expected_frames: int | None
    notices: tuple[Notice, ...]
    neural: "tuple[NeuralMetric, ...]"


def make_plan(request: ScoreRequest, inputs: Inputs | ReadyInputs) -> Plan:
    """Settle how the inputs are scored.

    Args:
        request: What is asked for.
        inputs: Its inputs, being opened.

    Raises:
        UsageError: If the request contradicts itself.
        InputError: If an input cannot be read.
        ComponentError: If a model is missing or is none.
        MismatchError: If inputs do not fit together, or not to a model.
    """
    for spec in request.models:
        if spec.version != AUTO:
            Model(spec, "checked").close()
    cpus = usable_cpus()
    neural = _loaded(request)
    reference, distorted = inputs.opened()
    sources = distorted or [reference]
    pairs = tuple(_plan_pair(request, reference, source) for source in sources)
    if neural:
        from vmafx_core.scoring.neural import check_names  # most runs do without

        check_names(neural, {metric for pair in pairs for _, metric in pair.models})
    return Plan(
        reference=reference,
        pairs=pairs,
        pairing=Pairing.TIME if request.pairing is Pairing.TIME else Pairing.INDEX,
        threads=request.threads or cpus,
        expected_frames=_expected(request, reference, pairs),
        notices=(*reference.notices, *(n for m in neural for n in m.session.notices)),
        neural=neural,
    )


def _loaded(request: ScoreRequest) -> "tuple[NeuralMetric, ...]":
    if not request.neural:
        return ()
    from vmafx_core.scoring.neural import load_neural  # most runs do without

    metrics = load_neural(
        request.neural,
        request.device,
        threads=request.threads or usable_cpus(),
        alone=not request.models and not request.features,
    )
    for metric in metrics if not request.distorted else ():
        if metric.description.role not in {Role.QUALITY, Role.FILTER}:
            raise UsageError(
                f"{metric.spec.model} needs a reference", "Name the distorted video too."
            )
    return metrics


def check_request(request: ScoreRequest) -> None:
    """Refuse a request that contradicts itself, before anything is opened.

    Raises:
        UsageError: Naming what is wrong.
    """
    if not request.distorted and (request.models or request.features or not request.neural):
        raise UsageError(
            "there is no distorted video to score",
            "Without one, score with a neural model that needs none: -m NAME; see 'vmafx models'.",
        )
    if not request.models and not request.features and not request.neural:
        raise UsageError("there is nothing to measure", "Name a model or a feature.")
    width, height = request.size or (None, None)
    check_number("threads", request.threads, least=1, most=_MOST_THREADS)
    check_number("frames", request.frames, least=1)
    check_number("segment_frames", request.segment_frames, least=1)
    check_number("width", width, least=1, most=_MOST_SIDE)
    check_number("height", height, least=1, most=_MOST_SIDE)
    names = [f.info.extractor for f in request.features]
    if repeated := next((n for n in names if names.count(n) > 1), None):
        raise UsageError(f"the feature {repeated!r} is asked for twice")


def _plan_pair(request: ScoreRequest, reference: Source, source: Source) -> PairPlan:
    notices = list(source.notices)
    notices += _check_rates(request, reference, source)
    chosen = choose_models(request.models, reference.info, source.info, request.size)
    notices += chosen.notices
    matched = match(
        reference.info,
        source.info,
        size=request.size,
        minimum_depth=chosen.minimum_depth,
    )
    notices += matched.notices
    check_picture(matched.picture, [m for m, _ in chosen.models], request.features)
    offset, where = request.sync.offset, "given" if request.sync.offset else "none"
    rate = source.info.frame_rate or reference.info.frame_rate or ASSUMED_RATE
    delay = offset / float(rate)
    if request.sync.auto:
        found = find_offset(
            reference.spec,
            source.spec,
            window=request.sync.window,
            default_rate=reference.info.frame_rate or source.info.frame_rate,
        )
        if found.certain:
            offset, delay, where = found.frames, found.seconds, "found"
        notices.append(_told_offset(source, found))
    return PairPlan(source, matched, chosen.models, offset, delay, where, tuple(notices))


def _told_offset(source: Source, found: Offset) -> Notice:
    name, frames, seconds = name_of(source.spec.location), found.frames, found.seconds
    if not found.certain:
        return warning(
            "sync-uncertain",
            f"{name}: no offset stands out, so none is used; "
            f"the likeliest is {counted(frames, 'frame')} ({seconds:+.3f} s)",
        )
    if frames == 0:
        return info("sync", f"{name}: starts together with the reference")
    side = "late" if frames > 0 else "early"
    return info("sync", f"{name}: is {counted(abs(frames), 'frame')} ({abs(seconds):.3f} s) {side}")


def _check_rates(request: ScoreRequest, reference: Source, source: Source) -> list[Notice]:
    if request.pairing is not Pairing.AUTO:
        return []
    a, b = reference.info.frame_rate, source.info.frame_rate
    verdict = compare_rates(reference.info, source.info)
    if verdict is Rates.SAME or a is None or b is None:
        return []
    rates = f"{float(a):.5g} against {float(b):.5g} frames a second"
    if verdict is Rates.LABEL:
        text = f"{name_of(source.spec.location)}: {rates}, paired frame by frame all the same"
        return [warning("frame-rate", text)]
    raise MismatchError(
        f"{name_of(source.spec.location)}: the frame rates differ, {rates}",
        "--pairing time pairs frames that are shown at the same time; "
        "--pairing index pairs them one by one.",
    )


def _expected(request: ScoreRequest, reference: Source, pairs: tuple[PairPlan, ...]) -> int | None:
    """Pairs that the longest comparison will have, as far as the containers say."""
    available = frames_read(reference.spec, reference.info)
    counts = []
    for pair in pairs:
        other = frames_read(pair.source.spec, pair.source.info)
        known = [
            n - skipped
            for n, skipped in (
                (available, max(0, -pair.offset)),
                (other, max(0, pair.offset)),
                (request.frames, 0),
            )
            if n is not None
        ]
        counts.append(max(0, min(known)) if known else None)
    return max((c for c in counts if c is not None), default=None)
