"""How much memory a sample may take."""

import os
from pathlib import Path

_MOST = 2 << 30
_SHARE = 4
_CGROUP = Path("/sys/fs/cgroup")


def memory_budget() -> int:
    """Bytes of pictures to hold: 2 GiB, or a quarter of what is available where that is less."""
    return min(_MOST, _available() // _SHARE)


def _available() -> int:
    """Bytes that this process can still have, as far as the system says."""
    free = [_memory_available(), _left_in_group()]
    return min((f for f in free if f is not None), default=_physical())


def _memory_available(path: Path = Path("/proc/meminfo")) -> int | None:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return None
    fields = (line.split() for line in lines)
    return next((int(f[1]) << 10 for f in fields if f[0] == "MemAvailable:"), None)


def _left_in_group(group: Path = _CGROUP) -> int | None:
    try:
        limit = (group / "memory.max").read_text().strip()
        used = int((group / "memory.current").read_text())
    except (OSError, ValueError):
        return None
    return max(0, int(limit) - used) if limit.isdecimal() else None


def _physical() -> int:
    """Half of the machine's memory; as much as is held at most where not even that is known."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, OSError, ValueError):
        return _MOST * _SHARE
