"""How reports write what videos are called."""

from collections.abc import Sequence
from pathlib import PurePath, PurePosixPath
from urllib.parse import urlsplit

from vmafx_core.media.locations import masked


def readable(text: str) -> str:
    """`text` with bytes that are no UTF-8 replaced, so that every reader accepts it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def shown_location(location: str) -> str:
    """How every report writes where a video is: readable, a URL's user and query masked."""
    return readable(masked(location))


def short_names(locations: Sequence[str]) -> list[str]:
    """What to call videos: the last part of each location where these differ, else all of it."""
    ends = [_last_part(location) for location in locations]
    if len(set(ends)) == len(ends):
        return ends
    return [
        end if ends.count(end) == 1 else shown_location(location)
        for end, location in zip(ends, locations, strict=True)
    ]


def _last_part(location: str) -> str:
    if location == "-":
        return "stdin"
    path = PurePosixPath(urlsplit(location).path) if "://" in location else PurePath(location)
    return readable(path.name) or shown_location(location)
