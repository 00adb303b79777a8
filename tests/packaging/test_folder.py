"""A folder gets its final name when everything is in it, or not at all."""

from pathlib import Path

import pytest

from vmafx_core.errors import UsageError, WorkError
from vmafx_core.packaging.folder import check_free, new_folder


def test_what_was_written_is_there_at_the_end_only(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with new_folder(target) as folder:
        (folder / "master.m3u8").write_text("#EXTM3U")
        assert not target.exists()

    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (target / "master.m3u8").read_text() == "#EXTM3U"


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    with new_folder(target) as folder:
        (folder / "a").touch()

    assert (target / "a").exists()


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with new_folder(tmp_path / "out") as folder:
            (folder / "a").touch()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    def fail() -> None:
        with new_folder(tmp_path / "out"):
            raise OSError(28, "No space left on device")

    with pytest.raises(WorkError, match=r"cannot write .*out.*: No space left on device"):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film").touch()

    with pytest.raises(UsageError, match="is not empty"):
        check_free(tmp_path)


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film").touch()

    with pytest.raises(UsageError, match="is no folder"):
        check_free(tmp_path / "film")


def test_a_folder_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        check_free(tmp_path / "no" / "out")


def test_what_somebody_else_wrote_there_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "out"

    def write() -> None:
        with new_folder(target):
            target.mkdir()
            (target / "theirs").touch()

    with pytest.raises(WorkError):
        write()

    assert [p.name for p in tmp_path.rglob("*")] == ["out", "theirs"]
