"""CPUs and memory are those that cgroups of either version leave this process, at every level."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vmafx_core.limits import cpu_quota, memory_available, memory_limit, usable_cpus

MIB = 1 << 20

type Write = Callable[[str, dict[str, object]], Path]


@pytest.fixture
def group(tmp_path: Path) -> Write:
    """Writes the files of a group below the mount; returns the mount."""

    def write(path: str, files: dict[str, object]) -> Path:
        folder = tmp_path / "groups" / path
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(f"{content}\n")
        return tmp_path / "groups"

    return write


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    """Writes what the system says of the process's groups."""

    def write(lines: str) -> Path:
        file = tmp_path / "own"
        file.write_text(lines)
        return file

    return write


@pytest.mark.parametrize(
    ("text", "cpus"), [("max 100000", None), ("150000 100000", 2), ("50000 100000", 1)]
)
def test_a_cgroup_v2_quota_counts_as_whole_cpus(
    group: Write, tmp_path: Path, text: str, cpus: int | None
) -> None:
    assert cpu_quota(group("", {"cpu.max": text}), tmp_path / "absent") == cpus


def test_the_tightest_quota_on_the_way_to_the_own_group_counts(
    group: Write, own: Callable[[str], Path]
) -> None:
    group("system.slice/job.service", {"cpu.max": "max 100000"})
    groups = group("system.slice", {"cpu.max": "300000 100000"})
    assert cpu_quota(groups, own("0::/system.slice/job.service\n")) == 3


@pytest.mark.parametrize("lines", ["4:cpu,cpuacct:/job\n", "4:cpu:/job\n0::/\n"])
def test_a_cgroup_v1_quota_is_that_of_the_own_group(
    group: Write, own: Callable[[str], Path], lines: str
) -> None:
    mount = lines.split(":")[1]
    group(f"{mount}/job", {"cpu.cfs_quota_us": 150_000, "cpu.cfs_period_us": 100_000})
    groups = group(mount, {"cpu.cfs_quota_us": -1, "cpu.cfs_period_us": 100_000})
    assert cpu_quota(groups, own(lines)) == 2


def test_a_container_sees_its_own_v1_group_where_it_is_mounted(
    group: Write, own: Callable[[str], Path]
) -> None:
    groups = group("cpu", {"cpu.cfs_quota_us": 300_000, "cpu.cfs_period_us": 100_000})
    assert cpu_quota(groups, own("4:cpu,cpuacct:/docker/0123\n")) == 3


def test_without_cgroups_there_is_no_quota(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path / "absent", tmp_path / "absent") is None


def test_at_least_one_cpu_is_usable() -> None:
    assert usable_cpus() >= 1


def _v2(limit: object, used: int = 0, cached: int = 0) -> dict[str, object]:
    statistics = f"anon 1\ninactive_file {cached}"
    return {"memory.max": limit, "memory.current": used, "memory.stat": statistics}


def _v1(limit: int, used: int = 0, cached: int = 0) -> dict[str, object]:
    return {
        "memory.limit_in_bytes": limit,
        "memory.usage_in_bytes": used,
        "memory.stat": f"cache 1\ninactive_file 7\ntotal_inactive_file {cached}",
    }


def test_the_memory_limit_is_the_tightest_of_all_levels(
    group: Write, own: Callable[[str], Path]
) -> None:
    group("pods/pod", _v2("max"))
    groups = group("pods", _v2(64 * MIB))
    assert memory_limit(groups, own("0::/pods/pod\n")) == 64 * MIB


@pytest.mark.parametrize(("high", "limit"), [("max", 64 * MIB), (48 * MIB, 48 * MIB)])
def test_a_group_that_is_slowed_down_before_its_limit_has_no_more(
    group: Write, own: Callable[[str], Path], high: object, limit: int
) -> None:
    groups = group("job", _v2(64 * MIB) | {"memory.high": high})
    assert memory_limit(groups, own("0::/job\n")) == limit


def test_a_v1_memory_limit_is_that_of_the_own_group(
    group: Write, own: Callable[[str], Path]
) -> None:
    group("memory/job", _v1(32 * MIB))
    groups = group("memory", _v1(0x7FFFFFFFFFFFF000))
    assert memory_limit(groups, own("5:memory:/job\n0::/\n")) == 32 * MIB


def test_without_cgroups_the_memory_limit_is_the_machines(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    limit = memory_limit(absent, absent)
    assert limit
    assert limit > 256 * MIB


@pytest.mark.parametrize("version", [_v1, _v2])
def test_available_is_what_a_group_has_left_and_what_caches_give_back(
    group: Write,
    own: Callable[[str], Path],
    version: Callable[[int, int, int], dict[str, object]],
) -> None:
    mount = "memory/job" if version is _v1 else "job"
    groups = group(mount, version(100 * MIB, 90 * MIB, 30 * MIB))
    assert memory_available(groups, own("5:memory:/job\n0::/job\n")) == 40 * MIB


def test_available_is_never_more_than_the_machine_has(group: Write, tmp_path: Path) -> None:
    groups = group("", _v2(1 << 60, 0))
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000 kB\nMemAvailable: 5000 kB\n")
    assert memory_available(groups, tmp_path / "absent", meminfo) == 5000 << 10


def test_a_group_that_uses_more_than_its_limit_has_nothing_left(
    group: Write, tmp_path: Path
) -> None:
    groups = group("", _v2(10 * MIB, 20 * MIB))
    assert memory_available(groups, tmp_path / "absent") == 0


def test_a_limit_holds_where_its_use_is_not_told(
    group: Write, own: Callable[[str], Path], tmp_path: Path
) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(f"MemAvailable: {8 << 20} kB\n")
    groups = group("job", {"memory.max": 64 * MIB})
    assert memory_available(groups, own("0::/job\n"), meminfo) == 64 * MIB


def test_odd_lines_of_the_own_groups_are_passed_over(group: Write, tmp_path: Path) -> None:
    groups = group("job", {"cpu.max": "200000 100000"})
    own = tmp_path / "own"
    own.write_bytes(b"odd\n0::/job\n1:cpu:/\xff\n")
    assert cpu_quota(groups, own) == 2
