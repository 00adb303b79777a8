"""CPUs and memory that this process may use: of the machine, by affinity and by its cgroups.

A cgroup bounds all that is below it, so that every level from a process's own group up counts. A
controller is in one hierarchy of version 1 or in that of version 2; a container sees its own group
where the hierarchy is mounted, under a path that it may not see.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")
_MEMINFO = Path("/proc/meminfo")


@cache
def usable_cpus() -> int:
    """CPUs by affinity and by the cgroups' quotas, whichever allows less; at least 1.

    It stays what it was when it was first asked for: to find out takes as long as some frames do.
    """
    count = os.process_cpu_count() if hasattr(os, "process_cpu_count") else None
    if count is None:
        affinity = getattr(os, "sched_getaffinity", None)
        count = len(affinity(0)) if affinity else os.cpu_count() or 1
    quota = cpu_quota()
    return max(1, min(count, quota)) if quota else max(1, count)


def cpu_quota(groups: Path = _GROUPS, own_groups: Path = _OWN_GROUPS) -> int | None:
    """CPUs that the tightest quota on this process is worth, rounded up; None without one.

    Args:
        groups: Where cgroup file systems are mounted.
        own_groups: The file that names this process's groups.
    """
    quotas = map(_quota, _levels("cpu", groups, own_groups))
    return min((quota for quota in quotas if quota is not None), default=None)


def memory_limit(groups: Path = _GROUPS, own_groups: Path = _OWN_GROUPS) -> int | None:
    """Bytes of memory that there are for this process and all that shares its bounds.

    Those of the machine, or of the tightest cgroup where that is less; None where neither is known.
    The arguments are those of `cpu_quota`.
    """
    limits = [_memory(folder) for folder in _levels("memory", groups, own_groups)]
    known = [limit for limit, _ in filter(None, limits)]
    physical = _physical_memory()
    return min(known if physical is None else [physical, *known], default=None)


def memory_available(
    groups: Path = _GROUPS, own_groups: Path = _OWN_GROUPS, meminfo: Path = _MEMINFO
) -> int | None:
    """Bytes of memory that this process can still have; None where nothing tells.

    What files take in caches counts as free where the system can drop it.

    Args:
        groups: Where cgroup file systems are mounted.
        own_groups: The file that names this process's groups.
        meminfo: The file that says what the machine has left.
    """
    free = _free_memory(meminfo)
    if free is None and (physical := _physical_memory()) is not None:
        free = physical // 2
    levels = filter(None, map(_memory, _levels("memory", groups, own_groups)))
    left = [max(0, limit - used) for limit, used in levels]
    return min(left if free is None else [free, *left], default=None)


def _levels(controller: str, groups: Path, own_groups: Path) -> Iterator[Path]:
    """The folders of the groups that bound this process, from its own up, in any hierarchy."""
    try:
        lines = own_groups.read_text(errors="surrogateescape").splitlines()
    except OSError:
        lines = ["0::/", f"1:{controller}:/"]
    for names, path in (line.split(":", 2)[1:] for line in lines if line.count(":") > 1):
        if not names:
            mounts = [groups, groups / "unified"]
        elif controller in names.split(","):
            mounts = [groups / names, groups / controller]
        else:
            continue
        for mount in mounts:
            group = mount / path.strip("/")
            yield from (level for level in (group, *group.parents) if level.is_relative_to(mount))


def _quota(group: Path) -> int | None:
    """The quota of one group in whole CPUs."""
    with suppress(OSError, ValueError):
        limit, period = (group / "cpu.max").read_text().split()
        return None if limit == "max" else -(-int(limit) // int(period))
    with suppress(OSError, ValueError):
        limit = (group / "cpu.cfs_quota_us").read_text()
        period = (group / "cpu.cfs_period_us").read_text()
        return -(-int(limit) // int(period)) if int(limit) > 0 else None
    return None


def _memory(group: Path) -> tuple[int, int] | None:
    """The limit of one group and what it uses, without caches that can be dropped, in bytes."""
    for bounds, used, cached in (
        # Above the first a group is slowed down until nothing moves, above the second it is killed.
        (("memory.high", "memory.max"), "memory.current", "inactive_file"),
        (("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limits = []
        for bound in bounds:
            with suppress(OSError, ValueError):  # "max" is no number
                limits.append(int((group / bound).read_text()))
        if limits:
            return min(limits), _used(group, used, cached)
    return None


def _used(group: Path, used: str, cached: str) -> int:
    """What a group uses, in bytes; 0 where it does not tell, as its limit holds even so."""
    taken, droppable = 0, 0
    with suppress(OSError, ValueError):
        taken = int((group / used).read_text())
    with suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text().splitlines():
            name, _, amount = line.partition(" ")
            if name == cached:
                droppable = int(amount)
    return max(0, taken - droppable)


def _free_memory(meminfo: Path) -> int | None:
    with suppress(OSError, ValueError):
        for line in meminfo.read_text().splitlines():
            name, _, amount = line.partition(":")
            if name == "MemAvailable":
                return int(amount.split()[0]) << 10
    return None


def _physical_memory() -> int | None:
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None
