"""The command line of ffmpeg that makes an encode, for people to copy."""

import shlex
from pathlib import PurePath

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.report.plain import shown_location


def ffmpeg_command(spec: InputSpec, info: VideoInfo, setting: EncodeSetting, pix_fmt: str) -> str:
    """The command that encodes a source as a setting says, with its audio copied.

    Args:
        spec: How the source is read.
        info: What the source is.
        setting: How to encode it.
        pix_fmt: The pixel format that was encoded.
    """
    encoder = find_encoder(setting.encoder)
    words = ["ffmpeg", *_reading(spec), "-i", shown_location(spec.location)]
    words += ["-map", f"0:v:{spec.stream or 0}", "-map", "0:a?", "-c:a", "copy"]
    if filters := _filters(info, setting):
        words += ["-vf", filters]
    words += ["-c:v", setting.encoder]
    options = dict(encoder.fixed)
    if encoder.presets:
        options[encoder.preset_option] = setting.preset or encoder.default_preset
    options[encoder.knob.name] = f"{setting.quality:g}"
    if setting.keyframe_interval:
        options["g"] = str(setting.keyframe_interval)
    for key, value in (options | dict(setting.options)).items():
        words += ["-b:v" if key == "b" else f"-{key}", value]
    words += ["-pix_fmt", pix_fmt, f"{_stem(spec.location)}.{encoder.codec}.mkv"]
    return shlex.join(words)


def _reading(spec: InputSpec) -> list[str]:
    words: list[str] = []
    if spec.width and spec.height:
        words += ["-f", "rawvideo", "-s", f"{spec.width}x{spec.height}"]
        words += ["-pix_fmt", spec.pix_fmt] if spec.pix_fmt else []
    if spec.frame_rate:
        words += ["-r", str(spec.frame_rate)]
    if spec.start:
        words += ["-ss", f"{spec.start:g}"]
    if spec.duration is not None:
        words += ["-t", f"{spec.duration:g}"]
    return words


def _filters(info: VideoInfo, setting: EncodeSetting) -> str:
    steps = [info.filters] if info.filters and not info.rotation else []
    if setting.size:
        steps.append("scale={}:{}:flags=bicubic".format(*setting.size))
    return ",".join(steps)


def _stem(location: str) -> str:
    return PurePath(shown_location(location)).stem or "out"
