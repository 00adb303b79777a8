"""H.264 that does not say how many pictures it reorders gives all of them."""

import subprocess
from pathlib import Path

from support.data import ffmpeg
from vmafx_core import score
from vmafx_core.testing import write_clip

EARLY, FRAMES = 8, 40


class _Reader:
    """The fields of a sequence parameter set, by the kinds of the H.264 standard."""

    def __init__(self, data: bytes) -> None:
        self.bits = "".join(f"{byte:08b}" for byte in data)
        self.at = 0

    def u(self, length: int) -> int:
        self.at += length
        return int(self.bits[self.at - length : self.at], 2)

    def ue(self) -> int:
        zeros = self.bits.index("1", self.at) - self.at
        self.at += zeros
        return self.u(zeros + 1) - 1


def _without_vui(unit: bytes) -> bytes:
    """A sequence parameter set without what says how many pictures are reordered."""
    reader = _Reader(unit[1:].replace(b"\0\0\3", b"\0\0"))
    profile = reader.u(8)
    reader.u(16)
    reader.ue()
    if profile == 100:
        for _ in range(3):
            reader.ue()
        reader.u(2)
    reader.ue()
    if reader.ue() == 0:  # the order of display, in low bits
        reader.ue()
    reader.ue()
    reader.u(1)
    reader.ue()
    reader.ue()
    if not reader.u(1):
        reader.u(1)
    reader.u(1)
    if reader.u(1):
        for _ in range(4):
            reader.ue()
    bits = reader.bits[: reader.at] + "01"
    bits += "0" * (-len(bits) % 8)
    out = bytearray(unit[:1])
    for value in (int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)):
        if out[-2:] == b"\0\0" and value <= 3:
            out.append(3)
        out.append(value)
    return bytes(out)


def _encoded(source: Path, target: Path, filters: str, b_frames: int) -> bytes:
    command = [ffmpeg(), "-v", "error", "-i", str(source), "-vf", filters, "-c:v", "libx264"]
    command += ["-bf", str(b_frames), "-crf", "16", "-x264-params"]
    command += ["scenecut=0:b-adapt=0:b-pyramid=normal:repeat-headers=1:keyint=250", str(target)]
    subprocess.run(command, check=True)
    units = target.read_bytes().replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")[1:]
    return b"".join(
        b"\0\0\0\1" + (_without_vui(unit) if unit[0] & 31 == 7 else unit) for unit in units
    )


def test_b_frames_that_begin_late_cost_no_picture(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mkv", frames=FRAMES, width=160, height=120, codec="ffv1")
    parts = [
        _encoded(clip, tmp_path / "early.h264", f"trim=end_frame={EARLY}", 0),
        _encoded(clip, tmp_path / "late.h264", f"trim=start_frame={EARLY},setpts=PTS-STARTPTS", 3),
    ]
    path = tmp_path / "both.h264"
    path.write_bytes(b"".join(parts))
    pair = score(clip, path, models=[], features=["psnr"]).pairs[0]
    assert pair.frames.scored == FRAMES
    assert pair.frames.counts_match
    assert pair.metrics["psnr_y"].pooled.min > 35
