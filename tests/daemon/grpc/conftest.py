"""One daemon for all streams that do not end it."""

from collections.abc import Iterator

import pytest

from support.daemon import Daemon, running


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that scores two streams at once."""
    with running(tmp_path_factory.mktemp("daemon"), "--streams", "2") as started:
        yield started
