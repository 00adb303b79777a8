"""The versions of the parts that make the numbers."""

import av

from vmafx_core import __version__
from vmafx_core.libvmaf.library import load
from vmafx_core.scoring.result import Versions


def versions() -> Versions:
    """Ask every part what it is."""
    library = load()
    return Versions(
        vmafx=__version__,
        libvmaf=library.version,
        libvmaf_path=library.path,
        ffmpeg=av.ffmpeg_version_info,
        pyav=av.__version__,
    )
