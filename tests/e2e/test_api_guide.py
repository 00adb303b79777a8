"""The examples of docs/api.md run as they stand there, one after the other."""

import re
from pathlib import Path

import pytest

from support.data import ROOT
from vmafx_core.testing import write_clip

_GUIDE = (ROOT / "docs" / "api.md").read_text()
_EXAMPLES = re.findall(r"^```python\n(.*?)^```$", _GUIDE, re.DOTALL | re.MULTILINE)


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip(tmp_path / "reference.mp4", frames=25)
    write_clip(tmp_path / "distorted.mp4", frames=25, options={"crf": "35"})
    names: dict[str, object] = {"folder": tmp_path}
    assert len(_EXAMPLES) >= 7
    for example in _EXAMPLES:
        exec(compile(example, "docs/api.md", "exec"), names)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("vmaf ")
    assert (tmp_path / "distorted.mp4").stat().st_size
