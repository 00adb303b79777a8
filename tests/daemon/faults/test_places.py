"""Places that requests may not name, asked for over the wire."""

import os
from pathlib import Path

import grpc
import pytest

from support.daemon import Daemon
from support.submissions import done, probe_of, score_of
from vmafx_core.errors import VmafxError
from vmafx_core.testing import write_clip
from vmafx_daemon.errors import DeniedError
from vmafx_rpc import jobs
from vmafx_rpc.messages import controller, scoring

COMPLETED = controller.JOB_STATE_COMPLETED
FAILED = controller.JOB_STATE_FAILED


def refusal(daemon: Daemon, root: Path, location: object) -> VmafxError:
    client = daemon.client(remote=True)
    with pytest.raises(VmafxError) as caught:
        jobs.submit(client, score_of(root / "ref.mp4", location))
    with pytest.raises(VmafxError) as again:
        jobs.submit(client, probe_of(location))
    assert str(again.value) == str(caught.value)
    request = scoring.ScoreRequest(reference=str(root / "ref.mp4"), distorted=str(location))
    with pytest.raises(VmafxError) as at_once:
        client.call(client.scoring.Score, request)
    assert str(at_once.value) == str(caught.value)
    return caught.value


def test_what_is_below_the_root_is_scored(daemon: Daemon, root: Path) -> None:
    client = daemon.client(remote=True)
    job = done(client, score_of(root / "ref.mp4", root / "dis.mp4"))
    assert job.state == COMPLETED
    assert 0 < job.scores[0] < 99


@pytest.mark.parametrize(
    "name",
    ["../secret.mp4", "link.mp4", "up/secret.mp4", "up/none.mp4", "/etc/passwd", "//etc//passwd"],
)
def test_what_is_not_below_it_is_refused(daemon: Daemon, root: Path, name: str) -> None:
    location = os.path.join(root, name)  # noqa: PTH118 - keeps dots and slashes as they are
    error = refusal(daemon, root, location)
    assert isinstance(error, DeniedError)
    assert error.message == f"{location}: is in no folder that may be read here"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "http://169.254.169.254/latest/",
        "http://127.0.0.1:22/", "http://[::1]/", "http://localhost/", "ftp://127.0.0.1/",
    ],
)  # fmt: skip
def test_urls_that_lead_inside_or_elsewhere_are_refused(
    daemon: Daemon, root: Path, url: str
) -> None:
    assert isinstance(refusal(daemon, root, url), DeniedError)


@pytest.mark.parametrize("location", ["-", "ref.mp4", "concat:/a|/b", "file:/etc/passwd", "pipe:0"])
def test_what_is_no_place_is_a_wrong_request(daemon: Daemon, root: Path, location: str) -> None:
    assert refusal(daemon, root, location).exit_code == 2


def test_a_list_of_files_leads_nowhere(daemon: Daemon, root: Path) -> None:
    sneaky = root / "sneaky.mp4"
    sneaky.write_text("ffconcat version 1.0\nfile up/secret.mp4\n")
    job = done(daemon.client(remote=True), score_of(root / "ref.mp4", sneaky))
    assert job.state == FAILED
    assert "list of other files" in job.error.message


def test_a_missing_file_brings_no_other_names(daemon: Daemon, root: Path) -> None:
    job = done(daemon.client(remote=True), score_of(root / "ref.mp4", root / "reff.mp4"))
    assert (job.error.error_class, job.error.hint) == ("InputError", "Check the path.")


def test_models_are_files_too(daemon: Daemon, root: Path) -> None:
    pair = (root / "ref.mp4", root / "dis.mp4")
    client = daemon.client(remote=True)
    outside = root.parent / "model.json"
    with pytest.raises(DeniedError):
        jobs.submit(client, score_of(*pair, models=[{"path": str(outside)}]))
    request = scoring.ScoreRequest(
        reference=str(pair[0]), distorted=str(pair[1]), model=f"path={outside}"
    )
    with pytest.raises(DeniedError):
        client.call(client.scoring.Score, request)
    config = scoring.StreamConfig(width=16, height=16, model=f"path={outside}")
    stream = client.scoring.ScoreStream(iter([scoring.ScoreStreamRequest(config=config)]))
    with pytest.raises(grpc.RpcError) as caught:
        list(stream)
    assert isinstance(client.error(caught.value), DeniedError)


def test_encoders_write_no_files(daemon: Daemon, root: Path) -> None:
    options = [{"name": "x264-params", "value": f"stats={root}/out"}]
    with pytest.raises(DeniedError, match="stats="):
        jobs.submit(daemon.client(remote=True), probe_of(root / "ref.mp4", options=options))


def test_the_sockets_owner_may_name_any_file(daemon: Daemon, root: Path, tmp_path: Path) -> None:
    elsewhere = write_clip(tmp_path / "x.mp4", frames=10, width=160, height=120)
    job = done(daemon.client(), score_of(root / "link.mp4", elsewhere))
    assert job.state == COMPLETED
    with pytest.raises(VmafxError):
        jobs.submit(daemon.client(), score_of("file:///etc/passwd", elsewhere))
