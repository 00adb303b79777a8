import pwd

import pytest

from support.cli import InProcess


def test_users_without_a_home_are_told_what_they_need_one_for(
    run: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    for name in ("HOME", "VMAFX_CONFIG", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    assert run("models", "list").code == 0
    ended = run("daemon", "status")
    assert ended.code == 6
    assert "no daemon has the state folder" in ended.err
