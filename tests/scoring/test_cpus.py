from pathlib import Path

import pytest

from vmafx_core.scoring.cpus import cgroup_quota, usable_cpus


@pytest.mark.parametrize(
    ("text", "cpus"), [("max 100000", None), ("150000 100000", 2), ("50000 100000", 1)]
)
def test_a_cgroup_v2_quota_counts_as_whole_cpus(
    tmp_path: Path, text: str, cpus: int | None
) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert cgroup_quota(tmp_path, tmp_path / "absent") == cpus


def test_the_tightest_quota_on_the_way_to_the_own_group_counts(tmp_path: Path) -> None:
    group = tmp_path / "system.slice" / "job.service"
    group.mkdir(parents=True)
    (group / "cpu.max").write_text("max 100000")
    (group.parent / "cpu.max").write_text("300000 100000")
    own = tmp_path / "own"
    own.write_text("0::/system.slice/job.service\n")
    assert cgroup_quota(tmp_path, own) == 3


def test_a_cgroup_v1_quota_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("300000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    assert cgroup_quota(tmp_path, tmp_path / "absent") == 3


def test_without_cgroups_there_is_no_quota(tmp_path: Path) -> None:
    assert cgroup_quota(tmp_path / "absent", tmp_path / "absent") is None


def test_at_least_one_cpu_is_usable() -> None:
    assert usable_cpus() >= 1
