"""The clips to measure with, drawn once and kept in out/bench."""

import os
import subprocess
import sys
from pathlib import Path

from bench.programs import FOLDER, convert
from demo.clips import encode, render

FRAMES = 240  # ten seconds
_HD = (1920, 1080)
_QUIET_X265 = "log-level=error"


def _drawn(width: int, height: int, frames: int) -> Path:
    """The scene at that size, in a process of its own: its memory must not count as ours."""
    path = FOLDER / f"scene-{height}p.mp4"
    if not path.exists():
        print(f"      drawing {path}, which takes minutes", flush=True)
        size = [str(width), str(height), str(frames)]
        subprocess.run([sys.executable, "-m", "bench.material", str(path), *size], check=True)
    return path


def real(name: str) -> Path:
    """One of the shared clips, or a drawn one where they are not there."""
    clip = Path(os.environ.get("VMAFX_TEST_DATA", "../shared"), "media", name)
    return clip if clip.exists() else hd()


def hd() -> Path:
    """The reference of most measurements: 1080p, 8 bit, ten seconds."""
    return _drawn(*_HD, FRAMES)


def hd_distorted(crf: int) -> Path:
    """The 1080p reference as H.264 at a constant rate factor."""
    return convert(hd(), FOLDER / f"hd-crf{crf}.mp4", "-c:v", "libx264", "-crf", str(crf))


def cut(path: Path, frames: int) -> Path:
    """The first frames of a clip, encoded anew."""
    target = FOLDER / f"{path.stem}-{frames}.mp4"
    return convert(path, target, "-frames:v", str(frames), "-c:v", "libx264", "-crf", "18")


def repeated(path: Path, minutes: int) -> Path:
    """A clip of ten seconds, over and over, without encoding it anew."""
    target = FOLDER / f"{path.stem}-{minutes}min.mp4"
    if not target.exists():
        playlist = target.with_suffix(".txt")
        entries = f"file {path.name}\n" * (6 * minutes)
        playlist.write_text(f"ffconcat version 1.0\n{entries}", encoding="utf-8")
        convert(playlist, target, "-c", "copy")
    return target


def uhd() -> Path:
    """An expensive reference: 2160p HEVC of 10 bits, five seconds, with noise of its own."""
    options = ["-vf", "scale=3840:2160:flags=bicubic,format=yuv420p10le,noise=alls=4:allf=t"]
    options += ["-frames:v", str(FRAMES // 2), "-c:v", "libx265", "-preset", "ultrafast"]
    options += ["-x265-params", _QUIET_X265, "-crf", "18"]
    return convert(hd(), FOLDER / "uhd-hevc10.mp4", *options)


def small_pair(pix_fmt: str, width: int, height: int) -> tuple[Path, Path]:
    """A lossless reference of 320x180 in a pixel format, and an H.264 encode at a size."""
    scene = _drawn(640, 360, 48)
    reference = FOLDER / f"small-{pix_fmt}.mkv"
    options = ["-frames:v", "12", "-vf", "scale=320:180:flags=bicubic", "-pix_fmt", pix_fmt]
    convert(scene, reference, *options, "-c:v", "ffv1")
    distorted = FOLDER / f"small-{pix_fmt}-{height}.mkv"
    options = ["-vf", f"scale={width}:{height}:flags=bicubic", "-pix_fmt", pix_fmt]
    return reference, convert(reference, distorted, *options, "-c:v", "libx264", "-crf", "30")


def small_ladder() -> tuple[Path, list[Path]]:
    """A reference of 640x360, two seconds, and encodes of it from good to bad."""
    scene = _drawn(640, 360, 48)
    encodes = []
    for crf in (18, 28, 38, 48):
        options = ["-c:v", "libx264", "-crf", str(crf)]
        encodes.append(convert(scene, FOLDER / f"small-crf{crf}.mp4", *options))
    return scene, encodes


def main(path: Path, width: int, height: int, frames: int) -> None:
    """Draw the scene into a file."""
    unfinished = path.with_stem(path.stem + "-unfinished")
    encode(render(width, height, frames), unfinished, width, height, crf=12)
    unfinished.rename(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(number) for number in sys.argv[2:5]))
