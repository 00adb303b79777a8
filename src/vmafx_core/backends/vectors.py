"""Feature vectors: the names that models and training data know, and where libvmaf has them.

The first six are the canonical ones, in the order that every model of six takes.
"""

from dataclasses import dataclass

from vmafx_core.errors import UnknownNameError


@dataclass(frozen=True, slots=True)
class VectorFeature:
    """One number of a feature vector.

    Attributes:
        name: The field's name: "adm2".
        metric: libvmaf's name: "integer_adm2".
        feature: The feature that gives it: "adm".
    """

    name: str
    metric: str
    feature: str


VECTOR = (
    VectorFeature("adm2", "integer_adm2", "adm"),
    *(VectorFeature(f"vif_scale{i}", f"integer_vif_scale{i}", "vif") for i in range(4)),
    VectorFeature("motion2", "integer_motion2", "motion"),
    *(VectorFeature(f"adm_scale{i}", f"integer_adm_scale{i}", "adm") for i in range(4)),
    VectorFeature("motion3", "integer_motion3", "motion"),
    *(VectorFeature(f"psnr_{p}", f"psnr_{p}", "psnr") for p in ("y", "cb", "cr")),
    VectorFeature("float_ssim", "float_ssim", "ssim"),
    VectorFeature("float_ms_ssim", "float_ms_ssim", "ms_ssim"),
    VectorFeature("cambi", "cambi", "cambi"),
    VectorFeature("ciede2000", "ciede2000", "ciede"),
    VectorFeature("psnr_hvs", "psnr_hvs", "psnr_hvs"),
)
"""All features of a vector, in order."""


CANONICAL = VECTOR[:6]
"""Those that every model of six takes."""


def find_vector(name: str) -> VectorFeature:
    """A feature by its name.

    Raises:
        UnknownNameError: There is none of that name.
    """
    by_name = {vector.name: vector for vector in VECTOR}
    if name not in by_name:
        raise UnknownNameError.of("feature of a model", name, by_name)
    return by_name[name]
