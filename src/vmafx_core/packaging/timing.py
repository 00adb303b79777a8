"""When the pictures that are encoded are shown, on the timeline of what goes with them."""

from fractions import Fraction

from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec


def first_shown(source: InputSpec) -> Fraction:
    """When the first picture that is encoded of a source is shown, by its container's clock.

    That is neither when the container begins, nor its stream of pictures, nor `start` seconds
    later: a recording may begin with pictures that lean on others which are not there, and between
    two pictures none is shown.

    Args:
        source: How it is read.

    Returns:
        Seconds on the timeline that the container has for all of its streams.

    Raises:
        InputError: It cannot be read.
        MismatchError: It ends before what is wanted of it begins.
    """
    with VideoSource(source) as opened:
        next(opened.frames(), None)
        return opened.began or Fraction(0)
