"""The command lines of both sides: ours, and FFmpeg's with its libvmaf filter."""

import json
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg

from bench.measure import Command
from vmafx_core.limits import usable_cpus

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
VMAFX = str(Path(sys.executable).with_name("vmafx"))
FOLDER = Path("out/bench")
MODELS = ("vmaf_v0.6.1", "vmaf_v1.0.16_3d0h")


def ours(reference: Path, *distorted: Path, model: str, options: Command = ()) -> Command:
    """Score with vmafx, into a JSON log."""
    log = FOLDER / "ours.json"
    inputs = [str(path) for path in (reference, *distorted)]
    return [VMAFX, "score", *inputs, "--quiet", "--model", model, "--output", str(log), *options]


def theirs(reference: Path, distorted: Path, *, model: str, filters: str = "") -> Command:
    """Score with FFmpeg, into a JSON log.

    Args:
        reference: The reference.
        distorted: The distorted video.
        model: A built-in model's name.
        filters: Chains that turn [0:v], the distorted, and [1:v], the reference, into [d] and
            [r]; empty where both are fit as they are.
    """
    log = FOLDER / "theirs.json"
    vmaf = f"libvmaf=model=version={model}:n_threads={usable_cpus()}:log_fmt=json:log_path={log}"
    graph = f"{filters};[d][r]{vmaf}" if filters else f"[0:v][1:v]{vmaf}"
    inputs = ["-i", str(distorted), "-i", str(reference)]
    return [FFMPEG, "-v", "error", "-nostdin", *inputs, "-lavfi", graph, "-f", "null", "-"]


def pooled_mean(log: str) -> float:
    """The model's mean score in a JSON log in the folder of the measurements."""
    content = json.loads((FOLDER / log).read_bytes())
    return float(content["pooled_metrics"]["vmaf"]["mean"])


def convert(source: Path, target: Path, *options: str) -> Path:
    """Have FFmpeg make one clip from another, unless it is there already."""
    if not target.exists():
        print(f"      making {target}", flush=True)
        unfinished = target.with_stem(target.stem + "-unfinished")
        command = [FFMPEG, "-v", "error", "-nostdin", "-y", "-i", str(source), *options]
        subprocess.run([*command, str(unfinished)], check=True)
        unfinished.rename(target)
    return target
