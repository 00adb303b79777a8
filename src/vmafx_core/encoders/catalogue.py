"""The encoders that the program knows."""

from vmafx_core.encoders.contract import Encoder, QualityKnob, Runs
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

ENCODERS = (
    Encoder(
        name="libx264",
        codec="h264",
        about="x264, H.264 in software",
        runs=Runs.LIBRARY,
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
    ),
    Encoder(
        name="libx265",
        codec="hevc",
        about="x265, HEVC in software",
        runs=Runs.LIBRARY,
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
        fixed={"x265-params": "log-level=error"},
    ),
    Encoder(
        name="libsvtav1",
        codec="av1",
        about="SVT-AV1, AV1 in software",
        runs=Runs.LIBRARY,
        knob=QualityKnob("crf", 1, 63, 1, 35),
        presets=_SVT_PRESETS,
        default_preset="8",
        pix_fmts=("yuv420p", "yuv420p10le"),
    ),
    Encoder(
        name="libvpx-vp9",
        codec="vp9",
        about="libvpx, VP9 in software",
        runs=Runs.LIBRARY,
        knob=QualityKnob("crf", 0, 63, 1, 32),
        presets=tuple(str(p) for p in range(9)),
        default_preset="2",
        preset_option="cpu-used",
        pix_fmts=("yuv420p", "yuv422p", "yuv444p"),
        two_pass=True,
        fixed={"b": "0", "row-mt": "1", "deadline": "good"},
    ),
)
_BY_NAME = {encoder.name: encoder for encoder in ENCODERS}


def find_encoder(name: str) -> Encoder:
    """The encoder called `name`.

    Raises:
        UnknownNameError: There is none.
    """
    if name not in _BY_NAME:
        raise UnknownNameError.of("encoder", name, _BY_NAME, f"There are: {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]
