import json
from pathlib import Path

import pytest

from support.cli import InProcess
from support.findings import point
from vmafx_core.probing.cache import CACHE_VARIABLE, Family, PointCache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    return tmp_path


def test_the_cache_is_shown_and_emptied(run: InProcess, folder: Path) -> None:
    PointCache().add(Family("a"), point(20))
    shown = json.loads(run("cache", "info", "--format", "json").out)
    assert shown["path"] == str(folder / "points.sqlite")
    assert shown["points"] == 1
    assert "removed 1 point," in run("cache", "clear").out
    assert "points  0" in run("cache", "info").out


def test_a_cache_that_cannot_be_read_is_an_error(run: InProcess, folder: Path) -> None:
    (folder / "points.sqlite").mkdir()
    ended = run("cache", "info")
    assert ended.code == 7
    assert CACHE_VARIABLE in ended.err
