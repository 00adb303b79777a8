"""The same numbers as FFmpeg's libvmaf filter: pooled scores over a matrix of formats."""

from collections.abc import Iterator
from itertools import product

from bench import material
from bench.measure import Figure, Settings, run
from bench.programs import MODELS, ours, pooled_mean, theirs

_BOUND = 1e-4
_DEPTHS = {"8 bit": "", "10 bit": "10le"}
_SIZES = {"equal size": (320, 180), "scaled up": (192, 108)}
_SCALE_UP = "[0:v]scale=320:180:flags=bicubic[d];[1:v]null[r]"


def measure(_: Settings) -> Iterator[Figure]:
    """The difference of the mean scores, case by case."""
    for depth, chroma, size, model in product(_DEPTHS, ("420", "422", "444"), _SIZES, MODELS):
        pix_fmt = f"yuv{chroma}p{_DEPTHS[depth]}"
        reference, distorted = material.small_pair(pix_fmt, *_SIZES[size])
        run(ours(reference, distorted, model=model))
        filters = _SCALE_UP if size == "scaled up" else ""
        run(theirs(reference, distorted, model=model, filters=filters))
        our_mean, their_mean = pooled_mean("ours.json"), pooled_mean("theirs.json")
        what = f"{depth} {':'.join(chroma)}, {size}, {model}"
        yield Figure(what, abs(our_mean - their_mean), _BOUND, f"({our_mean:.6f})")
