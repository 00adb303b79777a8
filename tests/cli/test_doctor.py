import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import InProcess
from vmafx_core.libvmaf import library
from vmafx_core.libvmaf.catalogue import FEATURES, MODELS


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Have the library looked for afresh, and again when the test is over."""
    library.load.cache_clear()
    yield
    library.load.cache_clear()


def test_everything_offered_is_usable_here(run: InProcess) -> None:
    ended = run("doctor", "--format", "json")
    assert (ended.code, ended.err) == (0, "")
    document = json.loads(ended.out)
    assert document["usable"] is True
    usable = [(f["topic"], f["name"]) for f in document["findings"] if f["status"] == "ok"]
    assert {name for topic, name in usable if topic == "models"} == {m.name for m in MODELS}
    assert {name for topic, name in usable if topic == "features"} == {f.name for f in FEATURES}
    assert {"h264", "hevc", "av1", "vp9"} <= {n for topic, n in usable if topic == "decoders"}


@pytest.mark.usefixtures("forgotten")
def test_a_library_that_is_none_is_a_problem_with_a_remedy(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "libvmaf.so"
    wrong.write_text("not a library")
    monkeypatch.setenv("VMAFX_LIBVMAF", str(wrong))
    ended = run("doctor")
    assert ended.code == 5
    assert "problem" in ended.out
    assert "pip install av" in ended.out
    assert "problems found" in ended.err


def test_it_says_which_settings_come_from_where(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[score]\nthreads = 3\n\n[tune.crf]\ntarget = 94\n")
    monkeypatch.setenv("VMAFX_CONFIG", str(path))
    monkeypatch.setenv("VMAFX_SCORE_QUIET", "1")
    document = json.loads(run("doctor", "--format", "json").out)
    settings = {f["name"]: f["detail"] for f in document["findings"] if f["topic"] == "settings"}
    assert settings["file"] == str(path)
    assert settings["score.threads"] == "3 by the file"
    assert settings["tune.crf.target"] == "94 by the file"
    assert settings["VMAFX_SCORE_QUIET"] == "'1' by the environment"


def test_a_broken_configuration_is_a_finding_and_no_obstacle(
    run: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[score")
    monkeypatch.setenv("VMAFX_CONFIG", str(path))
    ended = run("doctor", columns=120)
    assert ended.code == 5
    assert "is not valid TOML" in " ".join(ended.out.split())  # where a long path may break it
    assert "usable" in ended.out
