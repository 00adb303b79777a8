"""What neural models are used for."""

from enum import StrEnum


class Role(StrEnum):
    """How a model is used."""

    REGRESSOR = "regressor"
    """Features of a pair to a score, a frame at a time."""
    DISTANCE = "distance"
    """Two pictures to a distance."""
    QUALITY = "quality"
    """One picture to a score."""
    SALIENCY = "saliency"
    """One picture to a map of where people look."""
    FILTER = "filter"
    """A picture to a picture."""
