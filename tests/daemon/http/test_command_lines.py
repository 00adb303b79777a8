"""The command line that the page of a job shows: it asks for what was asked for."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import Browser, chromium
from support.cli import vmafx
from support.daemon import Daemon
from support.pages import reads, text
from support.submissions import ended
from vmafx_rpc import jobs
from vmafx_rpc.messages import controller


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as window:
        yield window


def submitted(daemon: Daemon, words: list[str]) -> controller.Job:
    """The job that a command line stores, once it has ended."""
    done = vmafx("jobs", "submit", *words, "--remote", daemon.addresses[0])
    assert done.code == 0, done.err
    return ended(daemon.client(), done.out.strip())


@pytest.mark.parametrize(
    "options",
    [
        "-m vmaf_v0.6.1neg:name=neg:disable_clip -m vmaf_v0.6.1 -f psnr -f cambi:topk=0.5",
        "third.mp4 --size 1280x720 --frames 9 --threads 1 --pairing time --stream-ref 0",
        "--no-model -f psnr:enable_mse=true --sync auto --sync-window 2.5 --crop-dis 64x32+4+8",
        "-m vmaf_v0.6.1:enable_transform:adm.adm_enhn_gain_limit=1.2 --sync -4 --skip-ref 3",
        "--start 1.5 --duration 20 --deinterlace off --crop 320x200+0+20 -m auto",
        "--width 160 --height 120 --pix-fmt yuv420p10le --frame-rate 30000/1001",
    ],
)
def test_it_asks_for_the_same(browser: Browser, daemon: Daemon, root: Path, options: str) -> None:
    first = submitted(daemon, [str(root / "it's $HOME.mp4"), "dis.mp4", *options.split()])
    browser.visit("about:blank")
    browser.visit(f"{daemon.url}/#/jobs/{first.id}")
    reads(browser, "#request pre", "vmafx score")
    program, command, *words = shlex.split(text(browser, "#request pre").replace("\\\n", ""))
    assert (program, command) == ("vmafx", "score")
    assert submitted(daemon, words).spec == first.spec


def test_it_says_what_it_cannot_say(browser: Browser, daemon: Daemon, root: Path) -> None:
    request = controller.SubmitJobRequest()
    task = request.spec.score
    task.reference.location = str(root / "ref.mp4")
    task.distorted.add(location=str(root / "dis.mp4"), start=0.2)
    task.models.add(version="vmaf_v0.6.1")
    client = daemon.client()
    job_id = jobs.submit(client, request)
    browser.visit("about:blank")
    browser.visit(f"{daemon.url}/#/jobs/{job_id}")
    assert "--start" in reads(browser, "#request", "differ")
    assert "--start" not in text(browser, "#request pre")
    ended(client, job_id)
