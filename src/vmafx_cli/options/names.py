"""Shell completions of names: each takes what was typed so far and offers what may follow.

They read the same catalogues as the commands do, and import them only when a shell asks.
"""
# Commands start up without the catalogues.

from collections.abc import Iterator, Mapping
from typing import Any


def models(incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of models, with what each is for."""
    from vmafx_core.libvmaf.catalogue import MODELS

    known = [("auto", "the v1 model for the reference's size and frame rate")]
    known += [(model.name, model.purpose) for model in MODELS]
    known += installed_models("")
    return (pair for pair in known if pair[0].startswith(incomplete))


def installed_models(incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of installed models, with what each does."""
    from vmafx_core.backends.installed import installed

    known = ((name, model.entry.description) for name, model in installed().items())
    return (pair for pair in known if pair[0].startswith(incomplete))


def features(incomplete: str) -> Iterator[tuple[str, str]]:
    """Friendly names of features, with what each measures."""
    from vmafx_core.libvmaf.catalogue import FEATURES

    return ((f.name, f.purpose) for f in FEATURES if f.name.startswith(incomplete))


def pixel_formats(incomplete: str) -> Iterator[str]:
    """Pixel formats that raw video may have."""
    from vmafx_core.media.pixels import known_formats

    return (name for name in sorted(known_formats()) if name.startswith(incomplete))


def requirements(incomplete: str) -> Iterator[tuple[str, str]]:
    """Metrics, and behind a colon the pools."""
    from vmafx_core.libvmaf.catalogue import FEATURES
    from vmafx_core.scoring.pooling import POOL_NAMES

    metric, colon, pool = incomplete.partition(":")
    if colon:
        offered = ((f"{metric}:{name}", "") for name in POOL_NAMES if name.startswith(pool))
        return (pair for pair in offered)
    known = [("vmaf", "the first model's score")]
    known += [(name, f.purpose) for f in FEATURES for name in f.metrics]
    return (pair for pair in known if pair[0].startswith(metric))


def encoders(incomplete: str) -> Iterator[tuple[str, str]]:
    """Names of encoders, with what each is."""
    from vmafx_core.encoders.catalogue import ENCODERS

    return ((e.name, e.about) for e in ENCODERS if e.name.startswith(incomplete))


def presets(given: Mapping[str, Any], incomplete: str) -> Iterator[str]:
    """Presets of the encoder that was named before."""
    from vmafx_core.encoders.catalogue import ENCODERS

    chosen = (e for e in ENCODERS if e.name == given.get("encoder"))
    return (name for e in chosen for name in e.presets if name.startswith(incomplete))
