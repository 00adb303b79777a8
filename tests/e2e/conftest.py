"""Small clips for whole commands, and the program in this process."""

from pathlib import Path

import pytest

from support.cli import InProcess
from vmafx_core.testing import write_clip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


@pytest.fixture(scope="session")
def reference(folder: Path) -> Path:
    """12 pictures of 320x240."""
    return write_clip(folder / "ref.mkv", frames=12, options={"crf": "4"})


@pytest.fixture(scope="session")
def good(folder: Path) -> Path:
    """A good encode of them."""
    return write_clip(folder / "good.mp4", frames=12, options={"crf": "18"})


@pytest.fixture(scope="session")
def poor(folder: Path) -> Path:
    """A poor encode of them."""
    return write_clip(folder / "poor.mp4", frames=12, options={"crf": "44"})


@pytest.fixture(scope="session")
def short(folder: Path) -> Path:
    """A good encode of the first ten."""
    return write_clip(folder / "short.mp4", frames=10, options={"crf": "18"})


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> InProcess:
    return InProcess(monkeypatch, capsys)
