"""What models and features need: pictures they can work on, and frames around a segment."""

from collections.abc import Iterable, Iterator, Mapping

from vmafx_core.errors import MismatchError
from vmafx_core.libvmaf.catalogue import FeatureInfo, find_feature, find_model
from vmafx_core.libvmaf.model_file import FeatureUse, read_model_file
from vmafx_core.libvmaf.specs import AUTO, FeatureSpec, ModelSpec
from vmafx_core.media.types import Chroma, PictureFormat

# Measured on libvmaf 3.2.0: with so many extra frames before and after a segment, its scores are
# those of one pass over the whole clip, to the bit.
FRAMES_AFTER = 1
FRAMES_BEFORE = 1
FRAMES_BEFORE_MOVING = 4

_MOVING = {"motion_five_frame_window", "motion_moving_average"}

_HINTS = {
    "size": "Choose another model or feature; vmafx score --size can scale both sides up.",
    "depth": "Leave out what takes fewer bits, or convert the inputs first.",
    "chroma": "Use vmaf_v0.6.1 or psnr, which need luma alone.",
}


def _features_of(model: ModelSpec) -> Iterator[FeatureUse]:
    """A model's features with the options they are used with."""
    known = find_model(model.version)
    if known:
        uses = [FeatureUse(info, {}) for n in known.features if (info := find_feature(n))]
    else:
        uses = list(read_model_file(model.path))
    for use in uses:
        options = dict(use.options)
        if known and use.info.name == "speed_chroma":
            options["speed_prescale"] = str(known.speed_prescale)
        options |= {o: v for f, o, v in model.overrides if f == use.info.extractor}
        yield FeatureUse(use.info, options)


def reads_chroma(models: Iterable[ModelSpec], features: Iterable[FeatureSpec]) -> bool:
    """Whether any model or feature looks at the chroma planes."""
    used = [use.info for m in models for use in _features_of(m)] + [f.info for f in features]
    return any(info.reads_chroma for info in used)


def check_picture(
    picture: PictureFormat, models: Iterable[ModelSpec], features: Iterable[FeatureSpec]
) -> None:
    """Refuse pictures that models or features cannot work on, telling all that is in the way.

    libvmaf does not refuse them all by itself: on some it reads outside its buffers.

    Raises:
        MismatchError: Naming who cannot, and why.
    """
    asked = [(m.version or m.path, u.info, u.options) for m in models for u in _features_of(m)]
    asked += [(f.name, f.info, dict(f.options)) for f in features]
    # The features that need most speak for a model.
    asked.sort(key=lambda one: -least_side(one[1], one[2]))
    refused: dict[tuple[str, str], str] = {}
    for who, info, options in asked:
        for kind, needs in _refused(picture, info, options):
            refused.setdefault((who, kind), needs)
    if refused:
        told = "; ".join(f"{who} {needs}" for (who, _), needs in refused.items())
        hints = " ".join(dict.fromkeys(_HINTS[kind] for _, kind in refused))
        size = f"{picture.width}x{picture.height}, {picture.depth} bits"
        raise MismatchError(f"{told}; these pictures are {size}", hints)


def _refused(
    picture: PictureFormat, info: FeatureInfo, options: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What a feature needs that pictures do not have: of which kind, and in words."""
    least = least_side(info, options)
    if min(picture.width, picture.height) < least:
        yield "size", f"needs pictures of at least {least}x{least}"
    elif max(picture.width, picture.height) < info.least_long_side:
        yield "size", f"needs a width or height of at least {info.least_long_side}"
    if picture.depth > info.most_depth:
        yield "depth", f"takes at most {info.most_depth} bits a sample"
    if info.needs_chroma and picture.chroma is Chroma.GRAY:
        yield "chroma", "needs chroma, of which there is none"


def least_side(info: FeatureInfo, options: Mapping[str, str]) -> int:
    """The smallest width and height for a feature, which may scale pictures down first."""
    reduction = int(options.get("scale", 0)) or 1
    return round(info.least_side * reduction / float(options.get("speed_prescale", 1)))


def frames_before(models: Iterable[ModelSpec], features: Iterable[FeatureSpec]) -> int:
    """Frames to feed ahead of a segment so that its scores are those of a whole run."""
    models = list(models)
    if any(m.version == AUTO for m in models):
        # It may become one of those that look back furthest, and more frames change no score.
        return FRAMES_BEFORE_MOVING
    used = {option for m in models for use in _features_of(m) for option in use.options}
    used |= {option for f in features for option, _ in f.options}
    known = (find_model(m.version) for m in models)
    if used & _MOVING or any(m.high_frame_rate for m in known if m):
        return FRAMES_BEFORE_MOVING
    return FRAMES_BEFORE
