"""A file is held by one process at a time, and let go of however that ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vmafx_core.errors import UsageError, WorkError
from vmafx_core.locking import acquire, hold, locked

_HOLDER = """
import sys
from pathlib import Path
from vmafx_core.locking import hold
assert hold(Path(sys.argv[1])) is not None
print("held", flush=True)
sys.stdin.read()
"""


def test_what_another_process_holds_cannot_be_had_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("what is locked is not emptied")
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert hold(path) is None
        with pytest.raises(UsageError, match=r"out\.mkv: is being written"):
            locked(path, Path("out.mkv")).__enter__()
        holder.kill()
    file = hold(path)
    assert file is not None
    os.close(file)
    assert path.read_text() == "what is locked is not emptied"


def test_those_who_share_a_lock_keep_out_those_who_do_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    files = [os.open(path, os.O_RDONLY) for _ in range(2)]
    try:
        assert all(acquire(file, shared=True) for file in files)
        assert hold(path) is None
    finally:
        for file in files:
            os.close(file)


def test_a_lock_file_that_is_removed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "file"
    first = hold(path)
    path.unlink()
    second = hold(path)
    assert first is not None
    assert second is not None
    assert os.path.samestat(os.fstat(second), path.stat())
    os.close(first)
    os.close(second)


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(WorkError, match="absent"),
        locked(tmp_path / "absent" / "lock", tmp_path / "out.mkv"),
    ):
        pass
