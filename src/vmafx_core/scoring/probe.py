"""What a video is, and what scoring does with it, from its first picture alone."""

from dataclasses import dataclass
from fractions import Fraction

from vmafx_core.errors import MismatchError
from vmafx_core.libvmaf.specs import AUTO, ModelSpec
from vmafx_core.media.extent import frames_read
from vmafx_core.media.frames import Source
from vmafx_core.media.locations import is_pipe, name_of
from vmafx_core.media.match import match
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import ASSUMED_RATE, Input, PictureFormat, VideoInfo, input_spec
from vmafx_core.notice import Notice, info, warning
from vmafx_core.scoring.models import choose_models
from vmafx_core.scoring.needs import check_picture


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePlan:
    """What scoring does with a video as the reference of encodes like itself.

    Attributes:
        model: The model that "auto" is with it.
        picture: The form in which that model scores its pictures.
        filters: What they go through for that, in libavfilter's words; empty where they are right
            as they are decoded.
        deinterlaced: Whether they are deinterlaced.
        frame_rate: Frames a second by which times are told: its own, or what is assumed.
        frames: Frames that will be read of it, as far as its container says; None where it does
            not.
    """

    model: str
    picture: PictureFormat
    filters: str
    deinterlaced: bool
    frame_rate: Fraction
    frames: int | None


@dataclass(frozen=True, slots=True)
class Probe:
    """What there is to say of a video before it is scored.

    Attributes:
        info: What it is.
        plan: What would be done with it.
        notices: What was chosen, assumed or found, and what is in the way of scoring it.
    """

    info: VideoInfo
    plan: ReferencePlan
    notices: tuple[Notice, ...]


def probe(source: Input) -> Probe:
    """Say what a video is, and what scoring does with it.

    It is read as far as its first picture, and not decoded further. What was read of a pipe is gone
    then: nobody can score it any more, which a notice says.

    Args:
        source: A path, a URL, "-" for standard input, or an `InputSpec`.

    Returns:
        What it is, what would be done with it as a reference, and what there is to tell.

    Raises:
        InputError: It cannot be read, has no video, or its first picture cannot be decoded.
        RemoteError: A server cannot be reached, or refused.
        UsageError: The stream or crop asked for is not there.
    """
    with VideoSource(input_spec(source)) as opened:
        return _probed(opened)


def _probed(source: Source) -> Probe:
    about = source.info
    chosen = choose_models([ModelSpec(version=AUTO)], about, about, None)
    matched = match(about, about, minimum_depth=chosen.minimum_depth)
    ((model, _),) = chosen.models
    plan = ReferencePlan(
        model=model.version,
        picture=matched.picture,
        filters=matched.reference_filters,
        deinterlaced=about.deinterlaced,
        frame_rate=about.frame_rate or ASSUMED_RATE,
        frames=frames_read(source.spec, about),
    )
    notices = [*source.notices, *matched.notices, *_assumptions(source)]
    try:
        check_picture(matched.picture, [model], [])
    except MismatchError as error:
        notices.append(warning("unfit", f"{name_of(about.location)}: {error.message}"))
    return Probe(about, plan, tuple(notices))


def _assumptions(source: Source) -> list[Notice]:
    """What nothing says, and what a pipe is."""
    notices, name = [], name_of(source.spec.location)
    if source.info.frame_rate is None:
        text = f"{name}: says no frame rate; scored, it has the other side's, or {ASSUMED_RATE}"
        notices.append(info("assumed-rate", f"{text} frames a second"))
    if is_pipe(source.spec.location):
        text = f"{name}: can be read only once; what was read of it here is gone"
        notices.append(warning("read-once", text))
    return notices
