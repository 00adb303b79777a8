"""What cannot be avoided: decoding both files, and libvmaf on pictures already in memory.

A program of its own, `python -m bench.alone REFERENCE DISTORTED MODEL THREADS`, so that its times
are those of a fresh process. It prints them as JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av

from vmafx_core.libvmaf.library import Library, load
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.picture import PIXEL_FORMATS, fill
from vmafx_core.libvmaf.specs import ModelSpec
from vmafx_core.limits import usable_cpus
from vmafx_core.media.types import Chroma, PictureFormat


@dataclass(frozen=True, slots=True)
class Alone:
    """Seconds of wall and CPU time, of decoding and of libvmaf.

    Attributes:
        decode_wall: To decode the one file, then the other.
        decode_cpu: CPU time of that.
        libvmaf_wall: To score pictures already in memory.
        libvmaf_cpu: CPU time of that.
    """

    decode_wall: float
    decode_cpu: float
    libvmaf_wall: float
    libvmaf_cpu: float

    @property
    def wall(self) -> float:
        """Wall time of both."""
        return self.decode_wall + self.libvmaf_wall

    @property
    def cpu(self) -> float:
        """CPU time of both."""
        return self.decode_cpu + self.libvmaf_cpu


def alone(reference: Path, distorted: Path, *, model: str) -> Alone:
    """Measure in a fresh process, with as many threads as this one may use CPUs."""
    command = [sys.executable, "-m", "bench.alone", str(reference), str(distorted), model]
    output = subprocess.run([*command, str(usable_cpus())], check=True, capture_output=True).stdout
    return Alone(**json.loads(output))


def _decode(path: str) -> Iterator[av.VideoFrame]:
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield from container.decode(stream)


def _pictures(library: Library, path: str) -> list[Any]:
    pictures = []
    for frame in _decode(path):
        form = PictureFormat(frame.width, frame.height, Chroma.C420, 8)
        picture = library.ffi.new("VmafPicture *")
        pix_fmt = PIXEL_FORMATS[form.chroma]
        code = library.lib.vmaf_picture_alloc(picture, pix_fmt, 8, form.width, form.height)
        library.check(code, "allocating a picture")
        fill(library, picture, frame, form)
        pictures.append(picture)
    return pictures


def _score(library: Library, pairs: list[tuple[Any, Any]], model: Model, threads: int) -> None:
    ffi, lib = library.ffi, library.lib
    handle = ffi.new("VmafContext **")
    configuration = ffi.new("VmafConfiguration *", {"n_threads": threads, "n_subsample": 1})
    library.check(lib.vmaf_init(handle, configuration[0]), "opening a context")
    model.register(handle[0])
    for index, pair in enumerate(pairs):
        library.check(lib.vmaf_read_pictures(handle[0], *pair, index), "reading a pair")
    library.check(lib.vmaf_read_pictures(handle[0], ffi.NULL, ffi.NULL, 0), "finishing")
    for index in range(len(pairs)):
        model.score(handle[0], index)
    lib.vmaf_close(handle[0])


def main(reference: str, distorted: str, model_version: str, threads: int) -> None:
    """Measure and print."""
    library = load()

    def clocks() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    wall, cpu = clocks()
    for path in (reference, distorted):
        for _ in _decode(path):
            pass
    decoded_wall, decoded_cpu = clocks()
    pairs = list(zip(_pictures(library, reference), _pictures(library, distorted), strict=True))
    with Model(ModelSpec(version=model_version), "vmaf") as model:
        ready_wall, ready_cpu = clocks()
        _score(library, pairs, model, threads)
        scored_wall, scored_cpu = clocks()
    measured = Alone(
        decoded_wall - wall, decoded_cpu - cpu, scored_wall - ready_wall, scored_cpu - ready_cpu
    )
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
