"""Encoding frames into a file, as they come."""

from collections.abc import Collection, Iterable
from pathlib import Path

import av

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.hdr import Hdr
from vmafx_core.encoders.pictures import Pictures
from vmafx_core.encoders.program import encode_by_program
from vmafx_core.encoders.writing import Written, write_video
from vmafx_core.errors import UsageError, WorkError
from vmafx_core.media.types import VideoInfo

_OPTIONS = {".mp4": {"movflags": "+faststart"}, ".mov": {"movflags": "+faststart"}}
# Encoders that leave a picture's shape to the container, and containers that cannot be given it.
_SHAPELESS = frozenset({"libsvtav1", "libvpx-vp9"})
_SHAPELESS_ENDINGS = frozenset({".mkv", ".webm", ".ivf", ".ts"})
_ENDINGS = frozenset({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".ivf", ".ts"})


def encode_file(
    frames: Iterable[av.VideoFrame],
    source: VideoInfo,
    setting: EncodeSetting,
    path: Path,
    *,
    threads: int = 0,
    key_frames: Collection[int] = (),
    hdr: Hdr | None = None,
) -> Written:
    """Encode frames into a file whose container is by its ending; memory stays bounded.

    The file is removed where anything fails. See `encode` for the other
    errors.

    Args:
        frames: The pictures.
        source: The video that they are of.
        setting: How to encode.
        path: The file to write.
        threads: Threads for the encoder.
        key_frames: Frames that have to be key frames.
        hdr: The source's HDR10 metadata, for when they are not with the first picture.

    Raises:
        UsageError: There is no container of that ending, or it cannot hold the picture's shape.
        WorkError: The file cannot be written.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(
            f"{path}: no container for video has this ending",
            f"Use one of {', '.join(sorted(_ENDINGS))}.",
        )
    check_shape(path, setting.encoder, source)
    encoder = find_encoder(setting.encoder)
    pictures = Pictures(encoder, setting, source, key_frames, hdr)
    try:
        if encoder.program:
            return encode_by_program(frames, encoder, pictures, path=path, threads=threads)[1]
        with av.open(f"file:{path}", "w", options=_OPTIONS.get(path.suffix.lower(), {})) as file:
            return write_video(file, frames, encoder, pictures, threads=threads)
    except (av.FFmpegError, OSError) as error:
        path.unlink(missing_ok=True)
        raise WorkError(
            f"{path}: cannot be written: {getattr(error, 'strerror', None) or error}",
            "Look at the folder's permissions and the disk's free space.",
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def check_shape(path: Path, encoder: str, source: VideoInfo) -> None:
    """Refuse a container in which the shape of a source's pictures would be lost.

    Raises:
        UsageError: Neither the encoder nor the container would say it.
    """
    lost = encoder in _SHAPELESS and path.suffix.lower() in _SHAPELESS_ENDINGS
    if lost and source.sample_aspect != 1:
        raise UsageError(
            f"{path}: {encoder} writes no sample aspect ratio, which is {source.sample_aspect} "
            "here, and neither can be told to this container",
            "Write an .mp4 file.",
        )
