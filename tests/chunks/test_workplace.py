"""What is made beside an output is kept for the next run until it is finished."""

from pathlib import Path

import pytest

from vmafx_core.chunks.workplace import unfinished, workplace
from vmafx_core.errors import UsageError, WorkError


def test_it_is_beside_the_output_and_gone_when_all_is_well(tmp_path: Path) -> None:
    with workplace(tmp_path / "out.mkv") as folder:
        (folder / "part").write_bytes(b"1")
        assert folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_is_there_after_an_interruption(tmp_path: Path) -> None:
    def interrupted() -> None:
        with workplace(tmp_path / "out.mkv") as folder:
            (folder / "part").write_bytes(b"1")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with workplace(tmp_path / "out.mkv") as folder:
        assert (folder / "part").read_bytes() == b"1"


def test_nothing_stays_where_nothing_was_finished(tmp_path: Path) -> None:
    def failing() -> None:
        with workplace(tmp_path / "out.mkv") as folder:
            unfinished(folder / "part").write_bytes(b"1")
            raise WorkError("the disk is full")

    with pytest.raises(WorkError):
        failing()
    assert list(tmp_path.iterdir()) == []


def test_two_runs_do_not_make_the_same_output(tmp_path: Path) -> None:
    output = tmp_path / "out.mkv"
    with (
        workplace(output) as folder,
        pytest.raises(UsageError, match="being written by another run"),
        workplace(output),
    ):
        pass
    assert not folder.exists()


def test_different_outputs_are_made_at_the_same_time(tmp_path: Path) -> None:
    with workplace(tmp_path / "a.mkv") as one, workplace(tmp_path / "b.mkv") as other:
        assert one != other


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(WorkError, match="absent"),
        workplace(tmp_path / "absent" / "out.mkv"),
    ):
        pass
