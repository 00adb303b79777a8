"""Dolby Vision is what its base layer is, and refused where that is nothing."""

import subprocess
from pathlib import Path

import pytest

from support.data import ffmpeg
from vmafx_core import InputError, find_crf, probe, score
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.testing import write_clip

# The boxes that lead to the description of a stream's samples, and what is in each before others.
_WAY = [(b"moov", 8), (b"trak", 8), (b"mdia", 8), (b"minf", 8), (b"stbl", 8), (b"stsd", 16)]


def labelled(path: Path, profile: int, compatible: int) -> Path:
    """Put a configuration record of Dolby Vision into an mp4 whose index is at its end."""
    data = bytearray(path.read_bytes())
    record = bytes([1, 0]) + (profile << 9 | 6 << 3 | 0b101).to_bytes(2) + bytes([compatible << 4])
    kind = b"dvcC" if profile < 8 else b"dvvC"
    box = (32).to_bytes(4) + kind + record + bytes(19)
    at, end, sizes = 0, len(data), []
    for name, head in [*_WAY, (b"hvc1", 86)]:
        while data[at + 4 : at + 8] != name:
            at += int.from_bytes(data[at : at + 4])
            assert at < end, name
        sizes.append(at)
        end = at + int.from_bytes(data[at : at + 4])
        at += head
    data[end:end] = box
    for place in sizes:
        size = int.from_bytes(data[place : place + 4]) + len(box)
        data[place : place + 4] = size.to_bytes(4)
    target = path.with_name(f"p{profile}c{compatible}.mp4")
    target.write_bytes(data)
    return target


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """HEVC as HDR10 has it, in mp4."""
    plain = write_clip(tmp_path / "plain.mkv", frames=5, codec="ffv1", pix_fmt="yuv420p10le")
    tags = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    command = [ffmpeg(), "-v", "error", "-i", str(plain), "-vf", tags, "-c:v", "libx265"]
    command += ["-x265-params", "log-level=error", "-tag:v", "hvc1", str(tmp_path / "clip.mp4")]
    subprocess.run(command, check=True)
    return tmp_path / "clip.mp4"


@pytest.mark.parametrize(
    ("container", "profile", "compatible"),
    [("mp4", 5, 0), ("mkv", 5, 0), ("mp4", 10, 0), ("mp4", 20, 0)],
)
def test_pictures_that_are_no_yuv_are_refused_by_every_command(
    clip: Path, container: str, profile: int, compatible: int
) -> None:
    path = labelled(clip, profile, compatible)
    if container == "mkv":
        copy = path.with_suffix(".mkv")
        command = [ffmpeg(), "-v", "error", "-i", str(path), "-c", "copy"]
        subprocess.run([*command, str(copy)], check=True)
        path = copy
    told = rf"is Dolby Vision profile {profile}, whose pictures are no YUV"
    for wrong in (
        lambda: score(clip, path),
        lambda: score(path, clip),
        lambda: probe(path),
        lambda: find_crf(path, targets=[90]),
    ):
        with pytest.raises(InputError, match=told):
            wrong()


@pytest.mark.parametrize(("profile", "compatible"), [(8, 1), (8, 4), (7, 6), (4, 2), (10, 1)])
def test_a_compatible_base_layer_is_what_it_is_tagged_as(
    clip: Path, profile: int, compatible: int
) -> None:
    path = labelled(clip, profile, compatible)
    with VideoSource(InputSpec(location=str(path))) as source:
        assert source.info.transfer == "smpte2084"
    pair = score(clip, path, models=[], features=["psnr"]).pairs[0]
    assert pair.metrics["psnr_y"].pooled.min == 72
