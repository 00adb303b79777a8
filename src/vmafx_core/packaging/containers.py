"""The containers that videos are written to, by the endings of files."""

import io
from pathlib import Path

import av

from vmafx_core.errors import UsageError

_CONTAINERS = {
    ".mkv": "matroska",
    ".mp4": "mp4",
    ".m4v": "mp4",
    ".mov": "mov",
    ".webm": "webm",
}


def container_of(output: Path, codec: str) -> str:
    """FFmpeg's name of the container that an output is to be.

    Args:
        output: The file to write.
        codec: The codec of its video, in FFmpeg's name.

    Raises:
        UsageError: Its ending names no container that holds the codec.
    """
    form = _CONTAINERS.get(output.suffix.lower())
    if form is None:
        raise UsageError(
            f"{output}: no container for video has this ending",
            f"Use one of {', '.join(_CONTAINERS)}.",
        )
    with av.open(io.BytesIO(), "w", format=form) as container:
        if codec not in container.supported_codecs:
            raise UsageError(
                f"{output}: {form} does not hold {codec}", "Use the ending .mkv or .mp4."
            )
    return form
