"""One daemon for all that is asked by HTTP and does not end it, and small clips below its root."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.daemon import Daemon, running
from vmafx_core.testing import write_clip


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a reference and an encode of it."""
    folder = tmp_path_factory.mktemp("root")
    for name, crf in (("ref", "5"), ("dis", "40")):
        write_clip(folder / f"{name}.mp4", frames=10, width=160, height=120, options={"crf": crf})
    return folder


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Daemon]:
    """A daemon that lets everybody name files below the root."""
    with running(tmp_path_factory.mktemp("daemon"), "--root", root) as started:
        yield started


@pytest.fixture
def http(daemon: Daemon) -> Iterator[httpx.Client]:
    """A client of that daemon."""
    with httpx.Client(base_url=daemon.url, timeout=60) as client:
        yield client
