"""What a row of a table of feature vectors is of."""

from enum import StrEnum


class Rows(StrEnum):
    """What a row is of."""

    FRAME = "frame"
    CLIP = "clip"
