"""The encoders that the program knows."""

from vmafx_core.encoders.contract import Encoder, EncodeSetting, QualityKnob
from vmafx_core.errors import UnknownNameError

_X26X_PRESETS = (
    "placebo",
    "veryslow",
    "slower",
    "slow",
    "medium",
    "fast",
    "faster",
    "veryfast",
    "superfast",
    "ultrafast",
)
_SVT_PRESETS = tuple(str(p) for p in range(14))

_SOFTWARE = (
    Encoder(
        name="libx264",
        codec="h264",
        about="x264, H.264 in software",
        knob=QualityKnob("crf", 1, 51, 1, 23),
        presets=_X26X_PRESETS,
        default_preset="medium",
        pix_fmts=(
            "yuv420p",
            "yuv422p",
            "yuv444p",
            "gray",
            "yuv420p10le",
            "yuv422p10le",
            "yuv444p10le",
            "gray10le",
        ),
        two_pass=True,
        hdr10=True,
    ),
    Encoder(
        name="libx265",
        codec="hevc",
        about="x265, HEVC in software",
        knob=QualityKnob("crf", 1, 51, 1, 28),
        presets=_X26X_PRESETS,
        default_preset="medium",
        pix_fmts=(
            "yuv420p",
            "yuv422p",
            "yuv444p",
            "gray",
            "yuv420p10le",
            "yuv422p10le",
            "yuv444p10le",
            "gray10le",
            "yuv420p12le",
            "yuv422p12le",
            "yuv444p12le",
            "gray12le",
        ),
        two_pass=True,
        hdr10=True,
        fixed={"x265-params": "log-level=error"},
    ),
    Encoder(
        name="libsvtav1",
        codec="av1",
        about="SVT-AV1, AV1 in software",
        knob=QualityKnob("crf", 1, 63, 1, 35),
        presets=_SVT_PRESETS,
        default_preset="8",
        pix_fmts=("yuv420p", "yuv420p10le"),
        hdr10=True,
    ),
    Encoder(
        name="libvpx-vp9",
        codec="vp9",
        about="libvpx, VP9 in software",
        knob=QualityKnob("crf", 0, 63, 1, 32),
        presets=tuple(str(p) for p in range(9)),
        default_preset="2",
        preset_option="cpu-used",
        pix_fmts=("yuv420p", "yuv422p", "yuv444p"),
        two_pass=True,
        fixed={"b": "0", "row-mt": "1", "deadline": "good"},
    ),
)


_PROGRAMS = (
    Encoder(
        name="libaom-av1",
        codec="av1",
        about="libaom, AV1 in software",
        knob=QualityKnob("crf", 1, 63, 1, 35),
        presets=tuple(str(p) for p in range(9)),
        default_preset="6",
        preset_option="cpu-used",
        pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
        program=True,
        fixed={"b:v": "0", "row-mt": "1"},
    ),
    Encoder(
        name="librav1e",
        codec="av1",
        about="rav1e, AV1 in software",
        knob=QualityKnob("qp", 5, 255, 5, 100),
        presets=tuple(str(p) for p in range(11)),
        default_preset="6",
        preset_option="speed",
        pix_fmts=("yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"),
        program=True,
    ),
    Encoder(
        name="libvvenc",
        codec="vvc",
        about="VVenC, VVC in software",
        knob=QualityKnob("qp", 1, 63, 1, 32),
        presets=("slower", "slow", "medium", "fast", "faster"),
        default_preset="medium",
        pix_fmts=("yuv420p10le",),
        program=True,
        # Otherwise there are pictures before the first key frame.
        fixed={"vvenc-params": "POC0IDR=1"},
    ),
)


def _nvenc(codec: str, deep: bool) -> Encoder:
    return Encoder(
        name=f"{codec}_nvenc",
        codec=codec,
        about=f"NVENC, {codec.upper()} on NVIDIA GPUs",
        knob=QualityKnob("cq", 1, 51, 1, 28),
        presets=("p7", "p6", "p5", "p4", "p3", "p2", "p1"),
        default_preset="p4",
        pix_fmts=("yuv420p", "p010le") if deep else ("yuv420p",),
        hardware=True,
        fixed={"rc": "vbr", "b": "0"},
    )


def _qsv(codec: str, deep: bool) -> Encoder:
    return Encoder(
        name=f"{codec}_qsv",
        codec=codec,
        about=f"Quick Sync, {codec.upper()} on Intel GPUs",
        knob=QualityKnob("global_quality", 1, 51, 1, 25),
        presets=("veryslow", "slower", "slow", "medium", "fast", "faster", "veryfast"),
        default_preset="medium",
        pix_fmts=("nv12", "p010le") if deep else ("nv12",),
        hardware=True,
    )


def _amf(codec: str, deep: bool) -> Encoder:
    return Encoder(
        name=f"{codec}_amf",
        codec=codec,
        about=f"AMF, {codec.upper()} on AMD GPUs",
        knob=QualityKnob("qvbr_quality_level", 1, 51, 1, 25),
        presets=("quality", "balanced", "speed"),
        default_preset="balanced",
        preset_option="quality",
        pix_fmts=("nv12", "p010le") if deep else ("nv12",),
        hardware=True,
        fixed={"rc": "qvbr"},
    )


def _videotoolbox(codec: str, deep: bool) -> Encoder:
    # FFmpeg's -q:v, which is not an option of the encoder: a flag, and a value in its own unit.
    return Encoder(
        name=f"{codec}_videotoolbox",
        codec=codec,
        about=f"VideoToolbox, {codec.upper()} on Apple's chips",
        knob=QualityKnob("q", 1, 100, 1, 60, coarser=-1, option="global_quality", factor=118),
        pix_fmts=("yuv420p", "p010le") if deep else ("yuv420p",),
        hardware=True,
        fixed={"flags": "+qscale"},
    )


_HARDWARE = (
    *(_nvenc(codec, codec != "h264") for codec in ("h264", "hevc", "av1")),
    *(_qsv(codec, codec != "h264") for codec in ("h264", "hevc", "av1")),
    *(_amf(codec, codec != "h264") for codec in ("h264", "hevc", "av1")),
    *(_videotoolbox(codec, codec != "h264") for codec in ("h264", "hevc")),
)

ENCODERS = (*_SOFTWARE, *_PROGRAMS, *_HARDWARE)
_BY_NAME = {encoder.name: encoder for encoder in ENCODERS}


def find_encoder(name: str) -> Encoder:
    """The encoder called `name`.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in _BY_NAME:
        raise UnknownNameError.of("encoder", name, _BY_NAME, f"There are: {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]


def named(setting: EncodeSetting) -> str:
    """Encoder, preset and quality in words: "libsvtav1, preset 12, crf 2"."""
    encoder = find_encoder(setting.encoder)
    preset = setting.preset or encoder.default_preset
    parts = [encoder.name, *([f"preset {preset}"] if preset else [])]
    return ", ".join([*parts, f"{encoder.knob.name} {setting.quality:g}"])
