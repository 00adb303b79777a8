"""Make the demonstration's clips: `python -m demo.clips FOLDER`."""

import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from demo.scene import Scene
from vmafx_core.limits import usable_cpus

RATE = 24
_FRAMES = 72
_BT709 = 1  # the number of primaries, transfer and matrix in H.273


@cache
def _scene(width: int, height: int) -> Scene:
    return Scene(width, height)


def _draw(width: int, height: int, index: int) -> npt.NDArray[np.uint8]:
    return np.round(_scene(width, height).picture(index / RATE) * 255).astype(np.uint8)


def render(width: int, height: int, frames: int) -> Iterator[av.VideoFrame]:
    """Draw the scene, one 8-bit 4:2:0 picture after the other, in BT.709."""
    with ProcessPoolExecutor(usable_cpus(), mp_context=get_context("spawn")) as pool:
        for samples in pool.map(partial(_draw, width, height), range(frames)):
            picture = av.VideoFrame.from_ndarray(samples, format="rgb24")
            yield picture.reformat(
                format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
            )


def encode(pictures: Iterable[av.VideoFrame], path: Path, width: int, height: int, crf: int) -> int:
    """Encode pictures as H.264.

    Args:
        pictures: 8-bit 4:2:0 pictures of any size.
        path: The file to write; its ending gives the container.
        width: Width to scale them to, in pixels.
        height: Height, likewise.
        crf: x264's constant rate factor: 0 to 51, lower is better.

    Returns:
        The file's size in bytes.
    """
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": str(crf)})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        codec = stream.codec_context
        codec.colorspace = codec.color_primaries = codec.color_trc = _BT709
        codec.color_range = ColorRange.MPEG
        for index, picture in enumerate(pictures):
            scaled = picture.reformat(width, height, interpolation=Interpolation.BICUBIC)
            scaled.pts, scaled.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(scaled))
        container.mux(stream.encode(None))
    return path.stat().st_size


def decode(path: Path) -> Iterator[av.VideoFrame]:
    """Read a file's pictures back."""
    with av.open(str(path)) as container:
        yield from container.decode(video=0)


def main(folder: Path) -> None:
    """Draw the reference, make two rungs of a ladder from it, and say so."""
    folder.mkdir(parents=True, exist_ok=True)
    seconds = _FRAMES / RATE
    reference = folder / "reference.mp4"
    print(f"Drawing {seconds:.0f} seconds of a flight over mountains: {reference}", flush=True)
    started = time.monotonic()
    encode(render(640, 360, _FRAMES), reference, 640, 360, crf=8)
    print(f"  {_FRAMES} pictures of 640x360 in {time.monotonic() - started:.0f} s")

    print("Encoding it twice, as two rungs of a streaming ladder:")
    for name, width, height, crf in (("360p", 640, 360, 24), ("180p", 320, 180, 26)):
        path = folder / f"{name}.mp4"
        size = encode(decode(reference), path, width, height, crf)
        rate = size * 8 / seconds / 1000
        print(f"  {path}: H.264, {width}x{height}, CRF {crf}, {rate:.0f} kbit/s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
