"""What other programs test with: a daemon that is there when it is asked, and gone afterwards."""

from pathlib import Path

import psutil
import pytest

from vmafx_core.errors import WorkError
from vmafx_core.media.types import InputSpec
from vmafx_core.scoring.events import Finished
from vmafx_core.scoring.request import ScoreRequest
from vmafx_core.testing import write_clip
from vmafx_rpc.scores import score_there
from vmafx_rpc.testing import running_daemon


def test_a_daemon_takes_jobs_and_ends_with_the_block(tmp_path: Path) -> None:
    clip = InputSpec(location=str(write_clip(tmp_path / "clip.mp4", frames=5)))
    request = ScoreRequest(reference=clip, distorted=(clip,))
    with running_daemon(tmp_path / "state", "--root", tmp_path) as daemon:
        pid = daemon.process.pid
        *_, last = score_there(daemon.client(), request)
        assert isinstance(last, Finished)
        assert last.result.pairs[0].frames.scored == 5
        assert daemon.url.startswith("http://127.0.0.1:")
        assert daemon.client(remote=True).address.target.startswith("127.0.0.1:")
    assert not psutil.pid_exists(pid)


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    with (
        pytest.raises(WorkError, match=r"on 0\.0\.0\.0 everybody"),
        running_daemon(tmp_path / "state", "--host", "0.0.0.0"),
    ):
        pass
