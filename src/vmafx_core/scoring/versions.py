"""The versions of the parts that make the numbers."""

import av

from vmafx_core.libvmaf.library import load
from vmafx_core.scoring.result import Versions


def versions() -> Versions:
    """Ask every part what it is."""
    from importlib.metadata import version  # noqa: PLC0415  # slow to load; see the caller

    library = load()
    return Versions(
        vmafx=version("vmafx"),
        libvmaf=library.version,
        libvmaf_path=library.path,
        ffmpeg=av.ffmpeg_version_info,
        pyav=av.__version__,
    )
