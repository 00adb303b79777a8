"""docs/daemon.md says what is so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import typer

from support.daemon import running
from support.data import ROOT
from vmafx_cli.commands.daemon.start import app
from vmafx_core import InputSpec, ScoreRequest, score_events
from vmafx_core.scoring.events import Finished
from vmafx_core.testing import picture

_GUIDE = (ROOT / "docs" / "daemon.md").read_text()
_FRAMES, _WIDTH, _HEIGHT = 30, 160, 120


def write_raw(path: Path, *, gain: float = 1.0) -> InputSpec:
    chroma = bytes([128]) * (_WIDTH * _HEIGHT // 2)
    with path.open("wb") as file:
        for index in range(_FRAMES):
            luma = (picture(index, _WIDTH, _HEIGHT) * gain).astype("uint8")
            file.write(luma.tobytes() + chroma)
    return InputSpec(location=str(path), width=_WIDTH, height=_HEIGHT, pix_fmt="yuv420p")


def test_its_program_prints_the_scores_that_scoring_here_gives(tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", _GUIDE, re.DOTALL)
    reference, distorted = (
        write_raw(tmp_path / "ref.yuv"),
        write_raw(tmp_path / "dis.yuv", gain=0.9),
    )
    with running(tmp_path / "state") as daemon:
        done = subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"VMAFX_CONTROLLER": daemon.addresses[0]},
        )
    *_, last = score_events(ScoreRequest(reference=reference, distorted=(distorted,)))
    assert isinstance(last, Finished)
    metric = last.result.pairs[0].metrics["vmaf"]
    expected = [*enumerate(metric.values.tolist()), ("pooled", metric.pooled.mean)]
    assert done.stdout.splitlines() == [f"{name} {score}" for name, score in expected]


def test_its_table_has_all_settings_and_no_others() -> None:
    told = dict(re.findall(r"^\| `(--[a-z-]+)` \| `(VMAFX_[A-Z_]+)` \|", _GUIDE, re.MULTILINE))
    command = typer.main.get_command(app)
    named = {
        option.opts[0]: option.envvar
        for option in command.params
        if option.opts[0] not in {"--foreground", "--debug"}
    }
    assert told == named
