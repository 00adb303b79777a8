"""What libvmaf 3.2 offers by name: the built-in models and the features."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """A built-in model.

    Attributes:
        name: libvmaf's name, as users write it.
        generation: "v0" (2016 to 2020, luma only) or "v1" (2026: 10 bit, chroma, banding).
        purpose: What it is for, in half a line.
        display: The display it was made for: "1080p", "2160p", "phone".
        viewing_distance: In picture heights, such as "3H".
        score_range: Lowest and highest score.
        bootstrap: Whether it gives a confidence interval.
        high_frame_rate: Whether it is the twin for about 50 frames a second and more.
    """

    name: str
    generation: str
    purpose: str
    display: str
    viewing_distance: str
    score_range: tuple[float, float] = (0.0, 100.0)
    bootstrap: bool = False
    high_frame_rate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureInfo:
    """A feature that can be asked for.

    Attributes:
        name: The friendly name, as users write it.
        extractor: libvmaf's own name of the extractor.
        metrics: The names of the values it gives in a result, with default options.
        purpose: What it measures, in half a line.
        higher_is_better: False for distances such as CAMBI and CIEDE2000.
        options: Names of the options it takes.
    """

    name: str
    extractor: str
    metrics: tuple[str, ...]
    purpose: str
    higher_is_better: bool = True
    options: tuple[str, ...] = ()


MODELS: tuple[ModelInfo, ...] = ()
FEATURES: tuple[FeatureInfo, ...] = ()
