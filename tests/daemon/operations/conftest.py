"""A state folder whose daemon does not outlive its test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.background import Home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "state")
    yield made
    made.kill()
