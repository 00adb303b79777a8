"""Finding libvmaf and opening it, through cffi in ABI mode: no compiler, no headers.

It is looked for, in this order, where `VMAFX_LIBVMAF` says, inside PyAV's wheel, and where the
system keeps its libraries.
"""

import errno
import importlib.util
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from vmafx_core.errors import ComponentError, WorkError
from vmafx_core.libvmaf._declarations import ffi

SETTING = "VMAFX_LIBVMAF"
OLDEST = (3, 0)
REMEDY = f"Install PyAV's wheel (pip install av), or set {SETTING} to a libvmaf of 3.0 or newer."

_WHEEL_PATTERNS = ("libvmaf*.so*", "libvmaf*.dylib", "libvmaf*.dll", "vmaf*.dll")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where libvmaf was looked for.

    Attributes:
        source: What kind of place: the setting, "PyAV's wheel", "the system".
        path: The library there; None where there is none.
    """

    source: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Library:
    """An opened libvmaf.

    Attributes:
        path: Where it was found.
        version: What it calls itself, such as "3.2.0".
        ffi: The cffi instance that knows the types.
        lib: The functions.
    """

    path: str
    version: str
    ffi: Any = field(repr=False)
    lib: Any = field(repr=False)

    def check(self, code: int, doing: str) -> None:
        """Raise for a return code that is not success.

        Raises:
            WorkError: Naming what was being done and the error.
        """
        if code:
            reason = os.strerror(-code) if -code in errno.errorcode else f"code {code}"
            raise WorkError(f"libvmaf failed while {doing}: {reason}")


def candidates() -> Iterator[Candidate]:
    """Every place libvmaf is looked for, best first."""
    if setting := os.environ.get(SETTING):
        yield Candidate(f"the setting {SETTING}", setting)
    yield Candidate("PyAV's wheel", _in_wheel())
    from ctypes.util import find_library  # slow to load, and seldom needed

    yield Candidate("the system", find_library("vmaf"))


def _in_wheel() -> str | None:
    """The library that PyAV's wheel carries beside the package, without importing it."""
    spec = importlib.util.find_spec("av")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    for folder in (package.parent / "av.libs", package / ".dylibs", package):
        for pattern in _WHEEL_PATTERNS:
            if found := next(iter(sorted(folder.glob(pattern))), None):
                return str(found)
    return None


def open_library(path: str) -> Library:
    """Open the libvmaf at `path`.

    Raises:
        ComponentError: If it cannot be loaded, is no libvmaf, or is older than 3.0.
    """
    try:
        lib = ffi.dlopen(path)
        version = ffi.string(lib.vmaf_version()).decode()
    except (OSError, ffi.error) as error:
        raise ComponentError(f"cannot load libvmaf from {path}: {error}", REMEDY) from None
    numbers = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        raise ComponentError(f"the libvmaf at {path} is version {version}, older than 3.0", REMEDY)
    return Library(path, version, ffi, lib)


@cache
def load() -> Library:
    """Open the best libvmaf there is; once a process.

    Raises:
        ComponentError: If there is none, or the best one is unusable.
    """
    for candidate in candidates():
        if candidate.path:
            return open_library(candidate.path)
    raise ComponentError("libvmaf was not found", REMEDY)
