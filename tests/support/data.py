"""Finding test data and outside programs; absent ones skip a test, or fail it in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


def shared(name: str) -> Path:
    """The path of shared test data, such as "golden/expected.json"; skips where it is absent.

    Data in a folder that was named must be there: without it, a test fails in CI.
    """
    named = os.environ.get("VMAFX_TEST_DATA")
    path = (Path(named) if named else ROOT.parent / "shared") / name
    if path.exists():
        return path
    absent = f"no shared test data {name!r} (set VMAFX_TEST_DATA to its folder)"
    if named:
        missing(absent)
    pytest.skip(absent)


def missing(what: str) -> NoReturn:
    """Skip a test for what is missing locally, and fail it in CI, where all must be there."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def program(*names: str) -> str:
    """The path of an outside program; skips locally and fails in CI where it is missing."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing(f"{' or '.join(names)} is not installed")


def ffmpeg() -> str:
    """The ffmpeg of the imageio-ffmpeg wheel, with the libvmaf filter."""
    try:
        import imageio_ffmpeg
    except ImportError:
        missing("imageio-ffmpeg is not installed")
    return str(imageio_ffmpeg.get_ffmpeg_exe())
