"""The sizes that a ladder encodes at."""

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

from vmafx_core.errors import UsageError
from vmafx_core.notice import Notice, warning

type Size = tuple[int, int]
type Resolution = int | Size
"""A height, to which the width follows, or width and height."""


class Sized(Protocol):
    """What has a name and a size: an opened source, or what a corpus knows of one."""

    @property
    def location(self) -> str:
        """Where it is."""

    @property
    def width(self) -> int:
        """Width of its pictures."""

    @property
    def height(self) -> int:
        """Height of its pictures."""


_STANDARD = (4320, 2160, 1440, 1080, 720, 540, 360, 270, 180)
# Sizes of less than this share of the source's height lose too much to be of use.
_LEAST_SHARE = 1 / 6
_SMALLEST = 32
_WRITTEN = re.compile(r"(?:(?P<width>\d{1,5})x)?(?P<height>\d{1,5})p?")


def parse_resolutions(text: str) -> tuple[Resolution, ...]:
    """Read a list such as `1080,720,540` or `1920x1080,960x540`.

    Raises:
        UsageError: One is no resolution.
    """
    found = []
    for word in text.split(","):
        match = _WRITTEN.fullmatch(word.strip())
        if match is None or not int(match["height"]) or match["width"] == "0":
            raise UsageError(
                f"{word.strip()!r} is not a resolution",
                "Write heights or sizes, such as 1080,720,540 or 1920x1080,960x540.",
            )
        height = int(match["height"])
        found.append((int(match["width"]), height) if match["width"] else height)
    return tuple(found)


def ladder_sizes(
    wanted: Sequence[Resolution], source: Sized
) -> tuple[tuple[Size, ...], tuple[Notice, ...]]:
    """The sizes to encode a source at, the largest first, and what there is to tell of them.

    A height is that of the shorter side, as in "1080p", so that upright video has the same
    names; the other side keeps the source's aspect. All sides are even. What is above the source
    becomes the source's own size.

    Args:
        wanted: What is asked for; empty for standard heights not above the source.
        source: The source.

    Raises:
        UsageError: A size is too small to be encoded.
    """
    own = _even(source.width, source.height)
    shorter = min(own)
    if not wanted:
        standard = [h for h in _STANDARD if _LEAST_SHARE * shorter <= h < shorter]
        return by_size([own, *(_of_height(h, own) for h in standard)]), ()
    sizes = []
    notices = []
    for one in wanted:
        size = _of_height(one, own) if isinstance(one, int) else _even(*one)
        if min(size) < _SMALLEST:
            raise UsageError(
                f"{source.location}: {_named(one)} is too small to encode it at",
                f"Name sizes of at least {_SMALLEST} lines.",
            )
        if size[0] > own[0] or size[1] > own[1]:
            text = f"{source.location}: {_named(one)} is above its {own[0]}x{own[1]}, which is used"
            notices.append(warning("above-source", text))
            size = own
        sizes.append(size)
    return by_size(sizes), tuple(notices)


def _of_height(height: int, own: Size) -> Size:
    width, upright = own
    if width < upright:
        return _even(height, upright * height / width)
    return _even(width * height / upright, height)


def _even(width: float, height: float) -> Size:
    """The nearest even size: chroma has half the lines and columns of luma."""
    return 2 * round(width / 2), 2 * round(height / 2)


def by_size(sizes: Iterable[Size]) -> tuple[Size, ...]:
    """Each size once, the largest first."""
    return tuple(sorted(set(sizes), key=lambda size: (size[0] * size[1], size), reverse=True))


def _named(one: Resolution) -> str:
    return str(one) if isinstance(one, int) else f"{one[0]}x{one[1]}"
