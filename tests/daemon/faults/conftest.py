"""One daemon for all that does not end it, and small clips below its root."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.daemon import Daemon, running
from vmafx_core.testing import write_clip


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a reference, an encode of it, and what is not to be had from it."""
    folder = tmp_path_factory.mktemp("media") / "root"
    folder.mkdir()
    for name, crf in (("ref", "5"), ("dis", "40")):
        write_clip(folder / f"{name}.mp4", frames=10, width=160, height=120, options={"crf": crf})
    secret = folder.parent / "secret.mp4"
    secret.write_bytes((folder / "ref.mp4").read_bytes())
    (folder / "link.mp4").symlink_to(secret)
    (folder / "up").symlink_to("..")
    return folder


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Daemon]:
    """A daemon that lets everybody name files below the root."""
    with running(tmp_path_factory.mktemp("daemon"), "--root", root) as started:
        yield started
