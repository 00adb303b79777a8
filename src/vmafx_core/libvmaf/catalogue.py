"""What libvmaf 3.2 offers by name: the built-in models, the features and their options.

The models' purposes are from Netflix's release notes; option ranges and the smallest pictures are
what libvmaf 3.2.0 accepts. The size limits matter: below them libvmaf does not refuse, it reads
outside its buffers or writes no score.
"""

import math
from dataclasses import dataclass

MOST_DECIBELS = 100.0
"""What a difference of next to nothing counts as, in dB, as libaom has it for PSNR-HVS.

libvmaf bounds PSNR alone, and makes the others infinite for identical pictures: one of them, and
the mean of any video would be.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A built-in model.

    Attributes:
        name: libvmaf's name, as users write it.
        generation: "v0" (2016 to 2020, luma only) or "v1" (2026: 10 bit, chroma, banding).
        purpose: What it is for, in half a line.
        display: The display it was made for: "1080p", "2160p".
        viewing_distance: In picture heights, such as "3H".
        score_range: Lowest and highest score.
        bootstrap: Whether it gives a confidence interval.
        high_frame_rate: Whether it is the twin for about 50 frames a second and more.
        features: The friendly names of the features it is computed from.
        speed_prescale: The factor by which its SpEED feature scales pictures first; 1 for none.
    """

    name: str
    generation: str
    purpose: str
    display: str
    viewing_distance: str
    score_range: tuple[float, float] = (0.0, 100.0)
    bootstrap: bool = False
    high_frame_rate: bool = False
    features: tuple[str, ...] = ("adm", "vif", "motion")
    speed_prescale: float = 1.0


@dataclass(frozen=True, slots=True)
class OptionInfo:
    """An option of a feature.

    Attributes:
        name: libvmaf's name.
        kind: bool, int, float or str.
        low: Lowest value of a number.
        high: Highest value of a number.
        choices: What a string may be.
    """

    name: str
    kind: type
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureInfo:
    """A feature that can be asked for.

    Attributes:
        name: The friendly name, as users write it.
        extractor: libvmaf's own name of the extractor.
        metrics: The names of the values it gives in a result, with default options.
        purpose: What it measures, in half a line.
        further_metrics: The names of the values it gives besides with some options.
        higher_is_better: False for distances such as CAMBI.
        options: The options it takes.
        least_side: Smallest width and height it can work on.
        least_long_side: Smallest value for the larger of the two.
        most_depth: Most bits a sample.
        reads_chroma: Whether the chroma planes count.
        needs_chroma: Whether it fails on grey pictures.
        most: Highest value of its metrics; what libvmaf gives above counts as that.
    """

    name: str
    extractor: str
    metrics: tuple[str, ...]
    purpose: str
    further_metrics: tuple[str, ...] = ()
    higher_is_better: bool = True
    options: tuple[OptionInfo, ...] = ()
    least_side: int = 1
    least_long_side: int = 1
    most_depth: int = 16
    reads_chroma: bool = False
    needs_chroma: bool = False
    most: float = math.inf


_V1_FEATURES = ("adm", "motion", "cambi", "speed_chroma")


def _v1(kind: str, purpose: str, display: str, distance: str, **more: object) -> list[ModelInfo]:
    """A v1 model and its twin for high frame rates."""
    return [
        ModelInfo(
            name=f"vmaf_v1.0.16_{prefix}{kind}",
            generation="v1",
            purpose=purpose + (", 50 frames a second and more" if prefix else ""),
            display=display,
            viewing_distance=distance,
            high_frame_rate=bool(prefix),
            features=_V1_FEATURES,
            **more,  # type: ignore[arg-type]
        )
        for prefix in ("", "hfr_")
    ]


MODELS: tuple[ModelInfo, ...] = (
    ModelInfo(
        name="vmaf_v0.6.1",
        generation="v0",
        purpose="HD television; the default here, in FFmpeg and in the vmaf tool",
        display="1080p",
        viewing_distance="3H",
    ),
    ModelInfo(
        name="vmaf_v0.6.1neg",
        generation="v0",
        purpose="HD television, no credit for sharpening: codec evaluation",
        display="1080p",
        viewing_distance="3H",
    ),
    ModelInfo(
        name="vmaf_b_v0.6.3",
        generation="v0",
        purpose="HD television with a 95 % confidence interval",
        display="1080p",
        viewing_distance="3H",
        bootstrap=True,
    ),
    ModelInfo(
        name="vmaf_4k_v0.6.1",
        generation="v0",
        purpose="4K television",
        display="2160p",
        viewing_distance="1.5H",
    ),
    ModelInfo(
        name="vmaf_4k_v0.6.1neg",
        generation="v0",
        purpose="4K television, no credit for sharpening: codec evaluation",
        display="2160p",
        viewing_distance="1.5H",
    ),
    *_v1("3d0h", "HD television", "1080p", "3H"),
    *_v1("5d0h", "HD seen from further away: phones", "1080p", "5H", speed_prescale=0.6),
    *_v1(
        "3d0h_2160",
        "4K television from the distance of HD",
        "2160p",
        "3H",
        score_range=(0.0, 110.0),
        speed_prescale=0.5,
    ),
    *_v1("1d5h_2160", "4K television from nearby", "2160p", "1.5H"),
)

_ADM = (
    OptionInfo("adm_enhn_gain_limit", float, 1, 100),
    OptionInfo("adm_norm_view_dist", float, 0.75, 24),
    OptionInfo("adm_ref_display_height", int, 1, 4320),
    OptionInfo("adm_csf_mode", int, 0, 3),
    OptionInfo("adm_csf_scale", float, 0, 50),
    OptionInfo("adm_csf_diag_scale", float, 0, 50),
    OptionInfo("adm_dlm_weight", float, 0, 1),
    OptionInfo("adm_noise_weight", float, 0, 1500),
    OptionInfo("adm_min_val", float, 0, 1),
    OptionInfo("adm_skip_aim", bool),
    OptionInfo("adm_skip_scale0", bool),
)

_SSIM = (
    OptionInfo("enable_lcs", bool),
    OptionInfo("enable_db", bool),
    OptionInfo("clip_db", bool),
)

_SPEED = (
    OptionInfo("speed_prescale", float, 0.1, 1),
    OptionInfo(
        "speed_prescale_method", str, choices=("nearest", "bilinear", "bicubic", "lanczos4")
    ),
    OptionInfo("speed_sigma_nn", float, 0.1, 2),
    OptionInfo("speed_nn_floor", float, 0, 1),
    OptionInfo("speed_max_val", float, 0, 1000),
)

# Left out on purpose: with most values of `speed_kernelscale`, and with `speed_prescale` above 1,
# libvmaf reads outside its buffers; `enable_apsnr` pools over a whole context, which segments are
# not; `heatmaps_path` and `debug` write what no result has a place for.
FEATURES: tuple[FeatureInfo, ...] = (
    FeatureInfo(
        name="psnr",
        extractor="psnr",
        metrics=("psnr_y", "psnr_cb", "psnr_cr"),
        further_metrics=("mse_y", "mse_cb", "mse_cr"),
        purpose="peak signal-to-noise ratio of each plane, dB",
        reads_chroma=True,
        options=(
            OptionInfo("enable_chroma", bool),
            OptionInfo("enable_mse", bool),
            OptionInfo("reduced_hbd_peak", bool),
            OptionInfo("min_sse", float, 0, math.inf),
        ),
    ),
    FeatureInfo(
        name="psnr_hvs",
        extractor="psnr_hvs",
        metrics=("psnr_hvs_y", "psnr_hvs_cb", "psnr_hvs_cr", "psnr_hvs"),
        purpose="PSNR weighted by contrast sensitivity, dB",
        least_side=16,
        most_depth=12,
        reads_chroma=True,
        needs_chroma=True,
        most=MOST_DECIBELS,
    ),
    FeatureInfo(
        name="ssim",
        extractor="float_ssim",
        metrics=("float_ssim",),
        purpose="structural similarity of luma",
        options=(*_SSIM, OptionInfo("scale", int, 0, 10)),
        least_side=11,  # its window; identical pictures score 0 or nan below
        most=MOST_DECIBELS,
    ),
    FeatureInfo(
        name="ms_ssim",
        extractor="float_ms_ssim",
        metrics=("float_ms_ssim",),
        purpose="structural similarity of luma over five scales",
        options=_SSIM,
        least_side=176,
        most=MOST_DECIBELS,
    ),
    FeatureInfo(
        name="ciede",
        extractor="ciede",
        metrics=("ciede2000",),
        purpose="colour difference (CIEDE2000) as a score: higher is nearer",
        reads_chroma=True,
        needs_chroma=True,
        most=MOST_DECIBELS,
    ),
    FeatureInfo(
        name="cambi",
        extractor="cambi",
        metrics=("cambi",),
        further_metrics=("cambi_source", "cambi_full_reference"),
        purpose="banding of the distorted side; 0 is none, about 5 is annoying",
        higher_is_better=False,
        options=(
            OptionInfo("enc_width", int, 180, 7680),
            OptionInfo("enc_height", int, 150, 7680),
            OptionInfo("enc_bitdepth", int, 6, 16),
            OptionInfo("full_ref", bool),
            OptionInfo("src_width", int, 320, 7680),
            OptionInfo("src_height", int, 200, 4320),
            OptionInfo("window_size", int, 15, 127),
            OptionInfo("topk", float, 0.0001, 1),
            OptionInfo("cambi_topk", float, 0.0001, 1),
            OptionInfo("tvi_threshold", float, 0.0001, 1),
            OptionInfo("cambi_vis_lum_threshold", float, 0, 50),
            OptionInfo("max_log_contrast", int, 0, 5),
            OptionInfo("cambi_max_val", float, 0, 1000),
            OptionInfo("eotf", str, choices=("bt1886", "pq")),
            OptionInfo("cambi_eotf", str, choices=("bt1886", "pq")),
            OptionInfo("cambi_high_res_speedup", int, 0, 2160),
        ),
        least_side=128,
        least_long_side=216,
    ),
    FeatureInfo(
        name="adm",
        extractor="adm",
        metrics=(
            "integer_adm2",
            "integer_aim",
            "integer_adm3",
            "integer_adm_scale0",
            "integer_adm_scale1",
            "integer_adm_scale2",
            "integer_adm_scale3",
        ),
        purpose="detail loss, a part of VMAF",
        options=_ADM,
        # From 17 on it gives something, which differs from run to run, and is not 1 for identical
        # pictures; from here on it is that of `float_adm`.
        least_side=33,
    ),
    FeatureInfo(
        name="vif",
        extractor="vif",
        metrics=(
            "integer_vif_scale0",
            "integer_vif_scale1",
            "integer_vif_scale2",
            "integer_vif_scale3",
        ),
        purpose="visual information fidelity, a part of VMAF",
        options=(
            OptionInfo("vif_enhn_gain_limit", float, 1, 100),
            OptionInfo("vif_skip_scale0", bool),
        ),
        least_side=16,
    ),
    FeatureInfo(
        name="motion",
        extractor="motion",
        metrics=("integer_motion2", "integer_motion3", "VMAF_integer_feature_motion_sad_score"),
        purpose="temporal difference of the reference, a part of VMAF",
        options=(
            OptionInfo("motion_force_zero", bool),
            OptionInfo("motion_blend_factor", float, 0, 1),
            OptionInfo("motion_blend_offset", float, 0, 1000),
            OptionInfo("motion_fps_weight", float, 0, 5),
            OptionInfo("motion_max_val", float, 0, 10000),
            OptionInfo("motion_five_frame_window", bool),
            OptionInfo("motion_moving_average", bool),
        ),
        least_side=3,  # in fewer lines it differs from run to run
    ),
    FeatureInfo(
        name="speed_chroma",
        extractor="speed_chroma",
        metrics=("speed_chroma_u", "speed_chroma_v", "speed_chroma_uv"),
        purpose="chroma information loss, a part of VMAF v1",
        higher_is_better=False,
        options=(*_SPEED, OptionInfo("speed_weight_var_mode", int, 0, 6)),
        least_side=160,
        reads_chroma=True,
        needs_chroma=True,
    ),
    FeatureInfo(
        name="speed_temporal",
        extractor="speed_temporal",
        metrics=("speed_temporal",),
        purpose="temporal information loss",
        higher_is_better=False,
        options=(*_SPEED, OptionInfo("speed_use_ref_diff", bool)),
        least_side=160,
    ),
)

_MODELS_BY_NAME = {m.name: m for m in MODELS}
_FEATURES_BY_NAME = {f.name: f for f in FEATURES} | {f.extractor: f for f in FEATURES}
_LOWER_IS_BETTER = (
    *(m for f in FEATURES if not f.higher_is_better for m in f.metrics),
    "mse_",
    "integer_aim",
)
_BOUNDED = {m: f.most for f in FEATURES if f.most < math.inf for m in f.metrics}
_METRICS = tuple(m for f in FEATURES for m in (*f.metrics, *f.further_metrics))


def find_model(name: str) -> ModelInfo | None:
    """The built-in model of that name, or None."""
    return _MODELS_BY_NAME.get(name)


def find_feature(name: str) -> FeatureInfo | None:
    """The feature of that friendly or libvmaf's own name, or None."""
    return _FEATURES_BY_NAME.get(name)


def feature_names() -> tuple[str, ...]:
    """Every name a feature goes by, the friendly ones first."""
    return tuple(_FEATURES_BY_NAME)


def lower_is_better(metric: str) -> bool:
    """Whether a feature's metric is a distance; options lengthen a metric's name at its end."""
    return metric.startswith(_LOWER_IS_BETTER)


def most_of(metric: str) -> float:
    """The highest value that a feature's metric can have; infinite where nothing bounds it."""
    return next((most for name, most in _BOUNDED.items() if metric.startswith(name)), math.inf)


def is_metric(name: str) -> bool:
    """Whether a name is a feature's, or begins like the name of a feature's metric."""
    return name in _FEATURES_BY_NAME or name.startswith(_METRICS)
