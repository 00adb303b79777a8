from pathlib import Path

import pytest

from vmafx_core.scoring.cpus import cgroup_quota, usable_cpus


@pytest.mark.parametrize(
    ("text", "cpus"), [("max 100000", None), ("150000 100000", 2), ("50000 100000", 1)]
)
def test_a_cgroup_v2_quota_counts_as_whole_cpus(
    tmp_path: Path, text: str, cpus: int | None
) -> None:
    file = tmp_path / "cpu.max"
    file.write_text(text)
    assert cgroup_quota(file, tmp_path) == cpus


def test_a_cgroup_v1_quota_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "cpu.cfs_quota_us").write_text("300000\n")
    (tmp_path / "cpu.cfs_period_us").write_text("100000\n")
    assert cgroup_quota(tmp_path / "absent", tmp_path) == 3


def test_without_cgroups_there_is_no_quota(tmp_path: Path) -> None:
    assert cgroup_quota(tmp_path / "absent", tmp_path / "absent") is None


def test_at_least_one_cpu_is_usable() -> None:
    assert usable_cpus() >= 1
