"""What a bitstream crops is left out, wherever it begins."""

import subprocess
from pathlib import Path

import pytest

from support.data import ffmpeg
from vmafx_core import score
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.encode import encode
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import write_clip


def run(*arguments: object) -> None:
    command = [ffmpeg(), "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def cropped(folder: Path, codec: str, pix_fmt: str, crop: str) -> tuple[Path, Path]:
    """A video that crops itself, and FFmpeg's own decode of it."""
    clip = write_clip(folder / "clip.mkv", frames=6, width=320, height=192, codec="ffv1")
    whole, video, decoded = (folder / n for n in ("whole.mp4", "video.mp4", "decoded.mkv"))
    run("-i", clip, "-pix_fmt", pix_fmt, "-c:v", f"lib{codec}", whole)
    metadata = {"x264": "h264_metadata", "x265": "hevc_metadata"}[codec]
    run("-i", whole, "-c", "copy", "-bsf:v", f"{metadata}={crop}", video)
    run("-i", video, "-c:v", "ffv1", decoded)
    return video, decoded


CROPS = ["crop_left=2", "crop_left=16", "crop_left=64:crop_top=2", "crop_left=34:crop_right=6"]


@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize(
    ("codec", "pix_fmt"), [("x264", "yuv420p"), ("x265", "yuv420p10le"), ("x264", "yuv444p")]
)
def test_it_is_lossless_against_ffmpegs_own_decode(
    tmp_path: Path, codec: str, pix_fmt: str, crop: str
) -> None:
    video, decoded = cropped(tmp_path, codec, pix_fmt, crop)
    pair = score(decoded, video, models=[], features=["psnr"]).pairs[0]
    for metric in ("psnr_y", "psnr_cb", "psnr_cr"):
        assert pair.metrics[metric].pooled.min == pair.metrics[metric].pooled.max
        assert pair.metrics[metric].pooled.min >= 60
    assert not pair.notices


def test_what_is_scaled_or_encoded_of_it_is_the_same_as_of_ffmpegs_decode(tmp_path: Path) -> None:
    video, decoded = cropped(tmp_path, "x264", "yuv420p", "crop_left=18:crop_right=14")
    pair = score(decoded, video, models=[], features=["psnr"], size=(144, 96)).pairs[0]
    assert pair.metrics["psnr_y"].pooled.min == 60
    encodes = []
    for path in (video, decoded):
        with VideoSource(InputSpec(location=str(path))) as source:
            setting = EncodeSetting(encoder="libx264", quality=30, preset="ultrafast")
            encodes.append(encode(source.frames(), source.info, setting).video_bytes)
    assert encodes[0] == encodes[1]
