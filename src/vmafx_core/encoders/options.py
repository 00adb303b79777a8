"""The options with which FFmpeg is told to follow a setting."""

import difflib
from collections.abc import Iterable, Mapping

import av
from av.video.codeccontext import VideoCodecContext

from vmafx_core.encoders.contract import Encoder, EncodeSetting
from vmafx_core.encoders.hdr import Hdr
from vmafx_core.errors import UnknownNameError

# Options that hold options of the encoder's own, as name=value:name=value.
_NESTED = {
    "libx264": "x264-params",
    "libx265": "x265-params",
    "libsvtav1": "svtav1-params",
    "libvvenc": "vvenc-params",
}
# Fixed GOPs: no key frame but at the interval, none that refer beyond it.
_FIXED_GOP = {
    "libx264": "scenecut=0:open-gop=0",
    "libx265": "scenecut=0:open-gop=0",
    "libsvtav1": "scd=0:irefresh-type=2",
    "libvvenc": "DecodingRefreshType=idr_no_radl",
}
# How much like a name what was meant has to be; names of options are short and many.
_NEAR = 0.7
_LISTED = 12

_HDR = {"libx264": Hdr.x264_params, "libx265": Hdr.x265_params, "libsvtav1": Hdr.svt_params}


def options_of(encoder: Encoder, setting: EncodeSetting, hdr: Hdr | None) -> dict[str, str]:
    """All options of an encode, name to value.

    Args:
        encoder: The encoder.
        setting: What it is to follow.
        hdr: HDR10 metadata to signal.
    """
    options = dict(encoder.fixed)
    if encoder.presets:
        options[encoder.preset_option] = setting.preset or encoder.default_preset
    knob, value = encoder.knob.written(setting.quality)
    options[knob] = value
    options |= dict(setting.options)
    nested = [encoder.fixed.get(_NESTED.get(encoder.name, ""), "")]
    if interval := setting.keyframe_interval:
        options |= {"g": str(interval), "keyint_min": str(interval)}
        nested.append(_FIXED_GOP.get(encoder.name, ""))
        if encoder.name == "libx265":
            nested.append(f"keyint={interval}:min-keyint={interval}")
        elif encoder.name == "libvvenc":
            nested.append(f"IntraPeriod={interval}")
    if hdr and (words := _HDR.get(encoder.name)):
        nested.append(words(hdr))
    if name := _NESTED.get(encoder.name):
        # The user's come last: of two of one name, the last one counts.
        given = [value for n, value in setting.options if n == name]
        if joined := ":".join(part for part in (*nested, *given) if part):
            options[name] = joined
    return options


def check_options(context: VideoCodecContext, encoder: str, options: Mapping[str, str]) -> None:
    """Refuse options that an encoder does not have.

    Raises:
        UnknownNameError: Naming the option, and the nearest that there is.
    """
    supported = context.supported_options
    check_names(encoder, options, _names(supported.private), _names(supported.generic))


def generic_names() -> set[str]:
    """The options that FFmpeg has for any encoder of video."""
    return _names(av.CodecContext.create("rawvideo", "w").supported_options.generic)


def check_names(encoder: str, options: Iterable[str], own: set[str], generic: set[str]) -> None:
    """Refuse options that are neither an encoder's own nor those of any.

    Raises:
        UnknownNameError: Naming the option, and the nearest that there is.
    """
    known = own | generic
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=_NEAR)
            meant = f"Did you mean {' or '.join(map(repr, near))}?"
            listed = f"It has {', '.join(sorted(own)[:_LISTED])} and more; see its manual."
            raise UnknownNameError(
                f"unknown option of {encoder} {name!r}", meant if near else listed
            )


def _names(options: Iterable[object]) -> set[str]:
    return {str(getattr(option, "name", "")) for option in options}
