"""Small encodes cut into segments, with a key frame every ten frames."""

from fractions import Fraction
from pathlib import Path

import av

from vmafx_core.packaging.fragments import cut
from vmafx_core.packaging.tracks import VideoTrack
from vmafx_core.testing import write_clip

GOP = 10
FRAMES = 35
RATE = Fraction(25)
ENCODERS = {
    "libx264": {"preset": "veryfast", "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0"},
    "libx265": {
        "preset": "ultrafast",
        "x265-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:open-gop=0:log-level=none",
    },
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "g": str(GOP)},
    "libsvtav1": {"preset": "12", "g": str(GOP)},
}


def make_track(folder: Path, encoder: str, width: int, height: int) -> VideoTrack:
    """Encode a clip and cut it into a folder inside of `folder`, named after its height."""
    name = f"{height}p"
    clip = write_clip(
        folder / f"{name}.mp4",
        frames=FRAMES,
        width=width,
        height=height,
        rate=RATE,
        codec=encoder,
        options=ENCODERS[encoder],
    )
    into = folder / name
    into.mkdir()
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        made = cut((p for p in container.demux(stream) if p.size), stream, into)
    clip.unlink()
    return VideoTrack(
        name=name,
        codecs=made.codecs,
        timescale=made.timescale,
        start=made.start,
        segments=made.segments,
        width=width,
        height=height,
        frame_rate=RATE,
        sample_aspect=Fraction(1),
        transfer=None,
    )
