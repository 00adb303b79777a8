"""What holds for every test: nobody's settings, and no terminal's, change what it shows."""

import os
from collections.abc import Iterator

import pytest

_ABOUT_TEST_DATA = {"VMAFX_TEST_DATA", "VMAFX_GOLDEN_DIR"}
_ABOUT_TERMINALS = {"COLUMNS", "FORCE_COLOR", "GITHUB_ACTIONS", "LINES", "NO_COLOR", "PY_COLORS"}


@pytest.fixture(scope="session", autouse=True)
def nobodys_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Take the developer's settings out of the environment, for commands run by tests too."""
    empty = tmp_path_factory.mktemp("settings") / "config.toml"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            ours = name.startswith("VMAFX_") and name not in _ABOUT_TEST_DATA
            if ours or name in _ABOUT_TERMINALS:
                patch.delenv(name)
        patch.setenv("VMAFX_CONFIG", str(empty))
        yield
