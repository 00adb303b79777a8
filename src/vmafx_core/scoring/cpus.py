"""How many CPUs this process may use."""

import os
from functools import cache
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN_GROUP = Path("/proc/self/cgroup")


@cache
def usable_cpus() -> int:
    """CPUs by affinity and by the cgroup's quota, whichever allows less; at least 1.

    It stays what it was when it was first asked for: to find out takes as long as some frames do.
    """
    count = os.process_cpu_count() if hasattr(os, "process_cpu_count") else None
    if count is None:
        affinity = getattr(os, "sched_getaffinity", None)
        count = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = cgroup_quota()
    return max(1, min(count, quota)) if quota else max(1, count)


def cgroup_quota(groups: Path = _CGROUPS, own_group: Path = _OWN_GROUP) -> int | None:
    """CPUs that the tightest CPU quota on this process is worth, rounded up; None without one.

    Args:
        groups: Where the cgroup file system is mounted.
        own_group: The file that names this process's groups.
    """
    try:
        lines = own_group.read_text().splitlines()
    except OSError:
        lines = []
    own = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    path = groups / own
    quotas = [_quota(folder) for folder in (path, *path.parents) if folder.is_relative_to(groups)]
    return min((q for q in (*quotas, _quota(groups / "cpu")) if q is not None), default=None)


def _quota(group: Path) -> int | None:
    """The quota of one group, of cgroups version 2 or 1."""
    try:
        limit, period = (group / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit = (group / "cpu.cfs_quota_us").read_text().strip()
            period = (group / "cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    if limit == "max" or int(limit) <= 0:
        return None
    return -(-int(limit) // int(period))
