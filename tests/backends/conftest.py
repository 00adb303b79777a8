from pathlib import Path

import pytest

from vmafx_core.backends.installed import FOLDER_VARIABLE


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of installed models."""
    folder = tmp_path / "installed"
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder))
    return folder
