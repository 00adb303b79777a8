import errno
import os
import threading
from pathlib import Path

import pytest

from vmafx_core.errors import UsageError, WorkError
from vmafx_core.report.files import check_writable, write_atomically


def test_a_file_is_written_as_utf8_with_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "out.json", "é\n")
    assert (tmp_path / "out.json").read_bytes() == b"\xc3\xa9\n"
    assert (tmp_path / "out.json").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_an_existing_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    target.chmod(0o640)
    write_atomically(target, iter(["n", "ew"]))
    assert target.read_text() == "new"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_failure_while_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(WorkError, match=r"out\.json.*No space left"):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]  # noqa: PTH208


def test_an_interrupt_while_writing_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "out.json", "new")
    assert list(tmp_path.iterdir()) == []


def test_a_full_device_is_a_work_error_that_names_it() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with pytest.raises(WorkError, match="/dev/full"):
        write_atomically("/dev/full", "data")


def test_a_symbolic_link_stays_a_link_and_its_file_gets_the_contents(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to("real/out.json")
    write_atomically(link, "data")
    assert link.is_symlink()
    assert (tmp_path / "real" / "out.json").read_text() == "data"


def test_a_named_pipe_is_written_through(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_text()))
    reader.start()
    write_atomically(pipe, "data")
    reader.join(10)
    assert received == ["data"]
    assert pipe.is_fifo()


def test_devices_are_written_through() -> None:
    write_atomically(os.devnull, "data")
    assert not Path(os.devnull).is_file()


def test_a_dash_is_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    check_writable("-")
    write_atomically("-", "é\n")
    assert capsysbinary.readouterr().out == b"\xc3\xa9\n"


@pytest.mark.parametrize("path", ["", ".", "..", "folder", "missing/out.json", "file/out.json"])
def test_places_that_cannot_hold_a_file_are_refused_by_name_before_any_work(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write") as caught:
        check_writable(path)
    assert repr(path) in caught.value.message
    assert caught.value.hint


def test_a_directory_without_write_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="not writable"):
        check_writable(tmp_path / "out.json")
