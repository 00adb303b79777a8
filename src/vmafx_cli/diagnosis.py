"""What is installed, found and usable here, and what to do about the rest."""

import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any

import av
from av.codec import Codec
from av.codec.codec import UnknownCodecError

from vmafx_cli import config
from vmafx_core import __version__
from vmafx_core.errors import ComponentError, VmafxError
from vmafx_core.extras import EXTRAS, lacking, remedy
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS
from vmafx_core.libvmaf.context import Context
from vmafx_core.libvmaf.library import REMEDY, candidates, load, open_library
from vmafx_core.libvmaf.log import CAPTURE
from vmafx_core.libvmaf.model import Model
from vmafx_core.libvmaf.specs import FeatureSpec, ModelSpec
from vmafx_core.limits import cpu_quota, usable_cpus
from vmafx_core.media.types import Chroma, PictureFormat
from vmafx_core.scoring.request import DEFAULT_MODEL

_TRIAL = PictureFormat(384, 384, Chroma.C420, 10)
"""Large and deep enough for every model and feature."""

_DECODERS = {
    "h264": ("h264",),
    "hevc": ("hevc",),
    "av1": ("libdav1d", "libaom-av1"),
    "vp9": ("vp9", "libvpx-vp9"),
    "vvc": ("vvc",),
}
"""The decoders that can decode a codec without special hardware, best first."""
_WHEEL = "PyAV's wheels have it: reinstall it without building (pip install --only-binary av av)."
_NEWER = "A libvmaf of 3.2 or newer has it: update PyAV (pip install -U av)."


class Status(StrEnum):
    """How well a thing is."""

    OK = "ok"
    NOTE = "note"
    """Missing or unusual, and only some uses need it."""
    PROBLEM = "problem"
    """Scoring does not work without it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: What it belongs to, such as "libvmaf" or "models".
        name: The thing.
        status: How well it is.
        detail: What was found.
        remedy: What to do about it; empty where nothing needs to be done.
    """

    topic: str
    name: str
    status: Status
    detail: str
    remedy: str = ""


def diagnose(commands: Iterable[str]) -> Iterator[Finding]:
    """Look at everything, in the order in which one thing depends on another.

    Args:
        commands: The names of the program's commands, which the configuration may have tables for.
    """
    yield from _program()
    yield from _library()
    yield from _trials()
    yield from _decoders()
    yield from _extras()
    yield from _machine()
    yield from _configuration(commands)


def _ok(topic: str, name: str, detail: str) -> Finding:
    return Finding(topic, name, Status.OK, detail)


def _program() -> Iterator[Finding]:
    yield _ok("program", "vmafx", __version__)
    yield _ok("program", "python", f"{platform.python_version()}, {sys.executable}")
    yield _ok("program", "system", platform.platform())
    yield _ok("program", "numpy", version("numpy"))
    yield _ok("program", "pyav", av.__version__)
    libraries = (f"{name} {'.'.join(map(str, v))}" for name, v in av.library_versions.items())
    yield _ok("program", "ffmpeg", f"{av.ffmpeg_version_info} ({', '.join(libraries)})")


def _library() -> Iterator[Finding]:
    used = False
    for candidate in candidates():
        if candidate.path is None:
            yield Finding("libvmaf", candidate.source, Status.NOTE, "not there")
            continue
        # The first one that is there is the one that scoring takes, usable or not.
        try:
            library = open_library(candidate.path)
        except ComponentError as error:
            status = Status.NOTE if used else Status.PROBLEM
            yield Finding("libvmaf", candidate.source, status, error.message, error.hint)
        else:
            state = "not needed" if used else "used"
            yield _ok("libvmaf", candidate.source, f"{library.version}, {state}: {library.path}")
        used = True
    if not used:
        yield Finding("libvmaf", "library", Status.PROBLEM, "found nowhere", REMEDY)


def _trials() -> Iterator[Finding]:
    """Score one picture against itself: how to learn what a library can do."""
    try:
        load()
    except ComponentError as error:
        yield Finding("models", "all", Status.PROBLEM, "not tried: " + error.message, error.hint)
        return
    for known in MODELS:
        missed = Status.PROBLEM if known.name == DEFAULT_MODEL else Status.NOTE
        yield _tried("models", known.name, missed, model=ModelSpec(version=known.name))
    for feature in FEATURES:
        spec = FeatureSpec(feature.name)
        yield _tried("features", feature.name, Status.NOTE, features=(spec,))


def _tried(
    topic: str,
    name: str,
    missed: Status,
    *,
    model: ModelSpec | None = None,
    features: tuple[FeatureSpec, ...] = (),
) -> Finding:
    picture = av.VideoFrame(_TRIAL.width, _TRIAL.height, _TRIAL.pix_fmt)
    for plane in picture.planes:
        plane.update(bytes(plane.buffer_size))
    try:
        with ExitStack() as stack:
            # A picture without any content makes libvmaf talk.
            stack.enter_context(CAPTURE)
            models = [stack.enter_context(Model(model, name))] if model else []
            context = stack.enter_context(Context(models, features, _TRIAL, threads=1))
            context.feed(picture, picture)
            context.flush()
            context.predict(0, 1)
    except VmafxError as error:
        return Finding(topic, name, missed, error.message, _NEWER)
    return _ok(topic, name, "usable")


def _decoders() -> Iterator[Finding]:
    for codec, decoders in _DECODERS.items():
        there = [name for name in decoders if _has_decoder(name)]
        if there:
            yield _ok("decoders", codec, there[0])
        else:
            yield Finding("decoders", codec, Status.NOTE, "no decoder", _WHEEL)


def _has_decoder(name: str) -> bool:
    try:
        Codec(name, "r")
    except UnknownCodecError:
        return False
    return True


def _extras() -> Iterator[Finding]:
    for extra in EXTRAS:
        if absent := lacking(extra):
            detail = f"not installed: {', '.join(absent)}"
            yield Finding("extras", extra, Status.NOTE, detail, f"{remedy(extra)}, if wanted.")
        else:
            yield _ok("extras", extra, "installed")


def _machine() -> Iterator[Finding]:
    quota = cpu_quota()
    limits = [f"{os.cpu_count()} in the machine"]
    if quota:
        limits.append(f"{quota} by the cgroup's quota")
    yield _ok("machine", "cpus", f"{usable_cpus()} usable ({', '.join(limits)})")
    size = shutil.get_terminal_size()
    where = "a terminal" if sys.stdout.isatty() else "not a terminal"
    colour = "no colour (NO_COLOR)" if os.environ.get("NO_COLOR") else "colour"
    shown = f"{where}, {size.columns} columns, {colour}, {sys.stdout.encoding}"
    yield _ok("machine", "standard output", shown)


def _configuration(commands: Iterable[str]) -> Iterator[Finding]:
    path = config.config_path()
    try:
        tables = config.read(path)
        config.check_tables(tables, commands, path)
    except VmafxError as error:
        yield Finding("settings", "file", Status.PROBLEM, error.message, error.hint)
        tables = {}
    else:
        yield _ok("settings", "file", f"{path}{'' if path.exists() else ' (not there)'}")
    for name, value in _settings(tables):
        yield _ok("settings", name, f"{value!r} by the file")
    for name, value in sorted(os.environ.items()):
        if name.startswith(f"{config.ENVIRONMENT_PREFIX}_"):
            yield _ok("settings", name, f"{value!r} by the environment")


def _settings(tables: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every setting of the file, by its tables and its key: "tune.crf.target"."""
    for key, value in tables.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
