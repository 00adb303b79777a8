"""The command line of ffmpeg that makes an encode, for people to copy."""

import shlex
from pathlib import PurePath

from vmafx_core.encoders.catalogue import find_encoder
from vmafx_core.encoders.contract import EncodeSetting
from vmafx_core.encoders.options import options_of
from vmafx_core.media.types import InputSpec, VideoInfo
from vmafx_core.report.naming import shown_location


def ffmpeg_command(spec: InputSpec, info: VideoInfo, setting: EncodeSetting, pix_fmt: str) -> str:
    """The command that encodes a source as a setting says, with its audio copied.

    Args:
        spec: How the source is read.
        info: What the source is.
        setting: How to encode it.
        pix_fmt: The pixel format that was encoded.
    """
    encoder = find_encoder(setting.encoder)
    # The filters turn the pictures; ffmpeg must not do so again.
    turned = ["-display_rotation", "0"] if info.rotation else []
    words = ["ffmpeg", *turned, *_reading(spec), "-i", shown_location(spec.location)]
    words += ["-map", f"0:v:{spec.stream or 0}", "-map", "0:a?", "-c:a", "copy"]
    if filters := _filters(info, setting):
        words += ["-vf", filters]
    words += ["-c:v", setting.encoder]
    for key, value in options_of(encoder, setting, None).items():
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
    steps = [info.filters] if info.filters else []
    if setting.size:
        steps.append("scale={}:{}:flags=bicubic".format(*setting.size))
    return ",".join(steps)


def _stem(location: str) -> str:
    return PurePath(shown_location(location)).stem or "out"
