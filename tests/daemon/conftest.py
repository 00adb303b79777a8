"""What is held back from daemons."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.held_back import HeldPair, held_pair


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[HeldPair]:
    """A pair of which half comes at once, and the rest once it is released."""
    with held_pair(tmp_path) as held:
        yield held
