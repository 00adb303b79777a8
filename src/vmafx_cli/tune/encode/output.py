"""Whether an output can hold what will be written to it, found out before anything is encoded."""

from pathlib import Path

from vmafx_core.encoders.audio import Audio
from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.to_file import check_shape
from vmafx_core.errors import UsageError
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.notice import Notice
from vmafx_core.packaging.containers import container_of
from vmafx_core.packaging.remux import check_remux
from vmafx_core.probing.request import check_rereadable


def check_output(
    output: Path, encoder: str, source: InputSpec, audio: Audio
) -> tuple[str, tuple[Notice, ...]]:
    """Refuse an output that cannot become what is asked for.

    Args:
        output: The file to write.
        encoder: The encoder of its video.
        source: What is encoded.
        audio: What becomes of the source's audio.

    Returns:
        FFmpeg's name of the container, and what there is to tell of what it will hold.

    Raises:
        UsageError: It is the source or a folder, its ending names no container that holds the
            video, or the audio cannot be what is asked for.
        InputError: The source cannot be read.
    """
    form = container_of(output, find_encoder(encoder).codec)
    check_rereadable(source)
    if output.resolve() == Path(source.location).resolve():
        raise UsageError(f"{output}: is the source", "Name another file to write.")
    if not output.parent.is_dir():
        raise UsageError(
            f"{output}: there is no folder {str(output.parent)!r}",
            "Make it first, or name another.",
        )
    if output.is_dir():
        raise UsageError(f"{output}: is a folder", "Name a file in it.")
    with VideoSource(source) as opened:
        check_shape(output, encoder, opened.info)
    return form, check_remux(source, form, audio)
