"""Packets that change their container keep what only the container said of them."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.to_file import encode_file
from vmafx_core.media.source import VideoSource
from vmafx_core.media.types import InputSpec
from vmafx_core.packaging.streams import add_copy
from vmafx_core.testing import write_clip


@pytest.mark.parametrize("encoder", ["libsvtav1", "libx265"])
def test_the_shape_of_pictures_survives(tmp_path: Path, encoder: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=3, width=64, height=64)
    preset = {"libsvtav1": "12", "libx265": "ultrafast"}[encoder]
    setting = EncodeSetting(encoder=encoder, quality=40, preset=preset)
    with VideoSource(InputSpec(location=str(clip))) as opened:
        info = replace(opened.info, sample_aspect=Fraction(4, 3))
        encode_file(opened.frames(), info, setting, tmp_path / "made.mp4")
    with av.open(str(tmp_path / "made.mp4")) as made, av.open(str(tmp_path / "b.mp4"), "w") as out:
        video = made.streams.video[0]
        copy = add_copy(out, video)
        for packet in made.demux(video):
            if packet.size:
                packet.stream = copy
                out.mux(packet)
    with av.open(str(tmp_path / "b.mp4")) as copied:
        assert copied.streams.video[0].sample_aspect_ratio == Fraction(4, 3)
