"""Videos with one flash and one beep, at one moment, and how far apart these are elsewhere."""

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from support.data import ffmpeg

FLASH = 2.0
"""When it flashes and beeps, in seconds."""
_WHITE = 190
_LOUD = 0.1


def write_flash(path: Path, *codecs: str, rate: int = 25, seconds: float = 3) -> Path:
    """Write a video with a flash and a beep at 2 s.

    Args:
        path: The file.
        codecs: Options of FFmpeg's for what is written; H.264 with a key frame a second.
        rate: Frames a second.
        seconds: Length.
    """
    lasts = max(0.2, 0.8 / rate)
    when = f"between(t,{FLASH - 0.001},{FLASH + lasts - 0.002})"
    pictures = f"testsrc2=s=96x64:r={rate}:d={seconds},eq=brightness=-0.3"
    pictures += f",drawbox=t=fill:c=white:enable='{when}'"
    beep = f"if(between(t,{FLASH},{FLASH}+0.2),sin(2*PI*1000*t)/2,0)"
    sound = f"aevalsrc='{beep}|{beep}':s=48000:d={seconds}"
    encoded = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-g", str(rate)]
    _run("-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound, *encoded, *codecs, str(path))
    return path


def write_copy(path: Path, *arguments: object) -> Path:
    """Write what FFmpeg copies, or makes, with these arguments."""
    _run(*map(str, arguments), str(path))
    return path


def cut_within_gop(path: Path, source: Path) -> Path:
    """Write a transport stream as a capture that begins between two key frames."""
    with av.open(str(source)) as container:
        stream = container.streams.video[0]
        unit = Fraction(stream.time_base.num, stream.time_base.den) if stream.time_base else 1
        begin = (stream.start_time or 0) * unit
        at = next(
            packet.pos
            for packet in container.demux(stream)
            if packet.pos and packet.pts is not None and packet.pts * unit - begin > 0.4
        )
    data = source.read_bytes()
    # Its tables are in the first packets of 188 bytes.
    path.write_bytes(data[: 3 * 188] + data[at - at % 188 :])
    return path


def flash_of(path: Path) -> float:
    """When a video flashes, in seconds."""
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            if picture.to_ndarray(format="gray").mean() > _WHITE and picture.time is not None:
                return picture.time
    raise AssertionError(f"{path}: no flash")


def beep_of(path: Path, stream: int = 0) -> float:
    """When it beeps, in seconds."""
    with av.open(str(path)) as container:
        plain = av.AudioResampler("fltp")
        for frame in container.decode(audio=stream):
            for heard in plain.resample(frame):
                loud = np.abs(heard.to_ndarray()).max(axis=0) > _LOUD
                if loud.any() and heard.time is not None:
                    return heard.time + float(np.argmax(loud)) / heard.sample_rate
    raise AssertionError(f"{path}: no beep")


def late(path: Path) -> float:
    """Seconds by which the beep comes after the flash."""
    return beep_of(path) - flash_of(path)


def sound_of(path: Path) -> float:
    """Seconds of sound that are heard."""
    with av.open(str(path)) as container:
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


def _run(*arguments: str) -> None:
    command: Sequence[str] = [ffmpeg(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True)
